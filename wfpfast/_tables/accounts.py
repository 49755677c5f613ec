"""The accounts that every Windows has, by their SIDs; must not know who asks.

The names are those of an English Windows, as netsh's wfpstate.xml has them for the sessions of the
engine, and as LookupAccountSid gives them (Microsoft, "Security identifiers").
"""

ACCOUNTS: dict[str, str] = {
    "S-1-0-0": "NULL SID",
    "S-1-1-0": "Everyone",
    "S-1-2-0": "LOCAL",
    "S-1-2-1": "CONSOLE LOGON",
    "S-1-3-0": "CREATOR OWNER",
    "S-1-3-1": "CREATOR GROUP",
    "S-1-3-4": "OWNER RIGHTS",
    "S-1-5-1": "NT AUTHORITY\\DIALUP",
    "S-1-5-2": "NT AUTHORITY\\NETWORK",
    "S-1-5-3": "NT AUTHORITY\\BATCH",
    "S-1-5-4": "NT AUTHORITY\\INTERACTIVE",
    "S-1-5-6": "NT AUTHORITY\\SERVICE",
    "S-1-5-7": "NT AUTHORITY\\ANONYMOUS LOGON",
    "S-1-5-9": "NT AUTHORITY\\ENTERPRISE DOMAIN CONTROLLERS",
    "S-1-5-10": "NT AUTHORITY\\SELF",
    "S-1-5-11": "NT AUTHORITY\\Authenticated Users",
    "S-1-5-12": "NT AUTHORITY\\RESTRICTED",
    "S-1-5-13": "NT AUTHORITY\\TERMINAL SERVER USER",
    "S-1-5-14": "NT AUTHORITY\\REMOTE INTERACTIVE LOGON",
    "S-1-5-15": "NT AUTHORITY\\This Organization",
    "S-1-5-17": "NT AUTHORITY\\IUSR",
    "S-1-5-18": "NT AUTHORITY\\SYSTEM",
    "S-1-5-19": "NT AUTHORITY\\LOCAL SERVICE",
    "S-1-5-20": "NT AUTHORITY\\NETWORK SERVICE",
    "S-1-5-32-544": "BUILTIN\\Administrators",
    "S-1-5-32-545": "BUILTIN\\Users",
    "S-1-5-32-546": "BUILTIN\\Guests",
    "S-1-5-32-547": "BUILTIN\\Power Users",
    "S-1-5-32-548": "BUILTIN\\Account Operators",
    "S-1-5-32-549": "BUILTIN\\Server Operators",
    "S-1-5-32-550": "BUILTIN\\Print Operators",
    "S-1-5-32-551": "BUILTIN\\Backup Operators",
    "S-1-5-32-555": "BUILTIN\\Remote Desktop Users",
    "S-1-5-32-556": "BUILTIN\\Network Configuration Operators",
    "S-1-5-32-558": "BUILTIN\\Performance Monitor Users",
    "S-1-5-32-559": "BUILTIN\\Performance Log Users",
    "S-1-5-32-562": "BUILTIN\\Distributed COM Users",
    "S-1-5-32-568": "BUILTIN\\IIS_IUSRS",
    "S-1-5-32-569": "BUILTIN\\Cryptographic Operators",
    "S-1-5-32-573": "BUILTIN\\Event Log Readers",
    "S-1-5-32-578": "BUILTIN\\Hyper-V Administrators",
    "S-1-5-32-580": "BUILTIN\\Remote Management Users",
    "S-1-5-80-0": "NT SERVICE\\ALL SERVICES",
    "S-1-5-83-0": "NT VIRTUAL MACHINE\\Virtual Machines",
}

# More services of Windows than those that `texts` describes. A name that no Windows has does no
# harm: nobody has its SID. Of the 65 SIDs of services in a public wfpstate.xml of 2024 with 1,254
# filters, this list and that one name 60.
MORE_SERVICES = """
AarSvc ADWS AJRouter ALG AppHostSvc AppIDSvc Appinfo AppMgmt AppReadiness AppVClient AppXSvc
ApxSvc aspnet_state AssignedAccessManagerSvc AudioEndpointBuilder Audiosrv autotimesvc
AxInstSV AzureAttestService BcastDVRUserService BDESVC BluetoothUserService
BrokerInfrastructure Browser BTAGService BthAvctpSvc BthHFSrv bthserv camsvc CaptureService
cbdhsvc CDPSvc CDPUserSvc CertPropSvc CertSvc ClickToRunSvc ClipSVC cloudidsvc ClusSvc
COMSysApp ConsentUxUserSvc CoreMessagingRegistrar CredentialEnrollmentManagerUserSvc
CscService DcomLaunch dcsvc defragsvc DeviceAssociationBrokerSvc DeviceAssociationService
DeviceInstall DevicePickerUserSvc DevicesFlowUserSvc DevQueryBroker Dfs DFSR DHCPServer
diagnosticshub.standardcollector.service diagsvc DialogBlockingService DispBrokerDesktopSvc
DisplayEnhancementService DmEnrollmentSvc dmwappushservice DNS dot3svc dot4 DsmSvc DsSvc
DusmSvc Eaphost edgeupdate edgeupdatem EFS ehRecvr ehSched embeddedmode EntAppSvc
EventSystem Fax FCRegSvc fhsvc FontCache FrameServer FTPSVC GameInputSvc gpsvc
GraphicsPerfSvc HealthService hidserv hkmsvc hns HomeGroupListener HomeGroupProvider HvHost
IAS icssvc idsvc InstallService InventorySvc iprip IpxlatCfgSvc Irmon IsmServ kdc KeyIso
KPSSVC KtmRm lfsvc LicenseManager lltdsvc LocalKdc LPDSVC LSM LxpSvc LxssManager MapsBroker
McpManagementService Mcx2Svc MDCoreSvc MessagingService MicrosoftEdgeElevationService
MixedRealityOpenXRSvc MMCSS MSDTC MSiSCSI msiserver MsKeyboardFilter MSMQ MSMQTriggers
NaturalAuthentication NcaSvc NcbService NcdAutoSetup Ndu Netlogon Netman NetMsmqActivator
NetPipeActivator NetSetupSvc NetTcpActivator NetTcpPortSharing NfsClnt NfsService NgcCtnrSvc
NgcSvc NPSMSvc nsi NTDS OneSyncSvc osppsvc p2pimsvc p2psvc P9RdrService PcaSvc PeerDistSvc
perceptionsimulation PerfHost PhoneSvc PimIndexMaintenanceSvc pla PlugPlay PNRPAutoReg
PNRPsvc Power PrintDeviceConfigurationService PrintNotify PrintWorkflowUserSvc ProfSvc
ProtectedStorage PushNotificationsSvc PushToInstall QWAVE RasAuto RemoteRegistry RetailDemo
RmSvc RPCHTTPLBS RpcLocator SamSs SCardSvr ScDeviceEnum SCPolicySvc SDRSVC seclogon
SecurityHealthService SEMgrSvc SENS SensorDataService SensorService SensrSvc SessionEnv
SgrmBroker SharedAccess ShellHWDetection shpamsvc simptcp SLUINotify SmbWitness smphost
SmsRouter SNMP SNMPTRAP spectrum sppsvc sppuinotify SQLBrowser SQLSERVERAGENT SQLWriter
SrmReports SrmSvc ssh-agent sshd StateRepository stisvc StorSvc svsvc swprv SysMain
SystemEventsBroker TabletInputService TapiSrv TBS TermServLicensing Themes
TieringEngineService tiledatamodelsvc TimeBrokerSvc TlntSvr TokenBroker TrkWks
TroubleshootingSvc TScPubRPC TSGateway Tssdis tzautoupdate UdkUserSvc UevAgentService uhssvc
UI0Detect UmRdpService UnistoreSvc UserDataSvc UserManager UxSms VacSvc VaultSvc vds
vmcompute vmicguestinterface vmicheartbeat vmickvpexchange vmicrdv vmicshutdown vmictimesync
vmicvmsession vmicvss vmms VSS W3LOGSVC WaaSMedicSvc WalletService WarpJITSvc WAS wbengine
WbioSrvc Wcmsvc wcncsvc WcsPlugInService WdiSystemHost WdNisSvc WDSServer WebClient
webthreatdefsvc webthreatdefusersvc Wecsvc WEPHOSTSVC wercplsupport WerSvc WFDSConMgrSvc
WiaRpc WinHttpAutoProxySvc Winmgmt WinTarget wisvc wlidsvc wlms wlpasvc WManSvc wmiApSrv
WMPNetworkSvc Wms WmsRepair WMSVC workfolderssvc WpcMonSvc WPCSvc WPDBusEnum WpnService
WpnUserService wscsvc WSearch WSLService WsusService WwanSvc XblAuthManager XblGameSave
XboxGipSvc XboxNetApiSvc
"""
