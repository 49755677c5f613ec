"""What to do about error codes: one text a group of codes; must not know names of codes.

The texts say what to check, in which order, and on which end. The comment above each group says
where that is from. [AOVPN] is Microsoft's "Troubleshoot Always On VPN", [IPSEC7] chapter 7 of
Microsoft's "Server and Domain Isolation Using IPsec", [HICKS] posts on the code on
directaccess.richardhicks.com, [WINERROR] the meaning that winerror.h gives.
"""

from wfpfast._tables import remedies_engine

_SECURITY_LOG = (
    " The audits say more: auditpol /set /subcategory:\"IPsec Main Mode\" /failure:enable, then"
    " Security events 4652 and 4653."
)

GROUPS: dict[str, tuple[tuple[int, ...], str]] = {
    **remedies_engine.GROUPS,
    # [AOVPN] 13801; [HICKS] 13801 and intermittent 13801 (IKE intermediate EKU); a client reports
    # it when it cannot verify the server (me.micahrl.com, 2018).
    "ike credentials": ((13801, 13889), (
        "Usually this end could not verify the other. 1. On the server: the machine certificate is"
        " not expired, has the EKU Server Authentication (1.3.6.1.5.5.7.3.1) and, as subject or"
        " SAN, the very name that clients connect to. 2. On the client: its root is in Trusted Root"
        " Certification Authorities of the local machine. 3. Machine authentication: the client has"
        " a certificate with Client Authentication (1.3.6.1.5.5.7.3.2) from an authority that the"
        " server accepts (Get-VpnAuthProtocol, RootCertificateNameToAccept); if it has several, add"
        " the EKU IP security IKE intermediate (1.3.6.1.5.5.8.2.2). 4. Pre-shared key: compare it"
        " on both ends. 5. No Windows at the other end: it must accept the client's identity.")),
    # [AOVPN] 13806; [HICKS] 13806: device certificate, chain, server's EKU and root.
    "ike no certificate": ((13806, 13847, 13828, 786, 790, 766), (
        "1. On the end that lacks it: certlm.msc, Personal: there is a machine certificate with its"
        " private key, not expired, with the EKU Client Authentication on a client and Server"
        " Authentication on a server. 2. Its chain is complete there and its root is trusted on the"
        " other end. 3. On an RRAS server: Get-VpnAuthProtocol names the root that clients'"
        " certificates come from. 4. Where policy names an authority, the certificate comes from"
        " that one. 5. Renew or enrol again: certreq or the enrolment of the domain (gpupdate).")),
    # [WINERROR]; certutil is Microsoft's tool for keys and chains.
    "ike private key": ((13820,), (
        "Import the certificate together with its private key (.pfx) into Local Machine, Personal;"
        " 'certutil -store my' shows whether the key is there, and 'certutil -repairstore my"
        " SERIAL' joins them again. SYSTEM must be allowed to use the key.")),
    # [AOVPN] (CRL), [IPSEC7]; RFC 5280 section 6.3.
    "revocation": ((13817, 13848, 0x80092011, 0x80092012, 0x80092013, 0x80092014, 0x800B010E,
                    0x80090353, 0x80090358, 12057), (
        "The end that reports it must reach the revocation list or OCSP server named in the other"
        " end's certificate, before the tunnel is up. 1. 'certutil -verify -urlfetch CERT.cer' on"
        " that end shows the URLs and what fails. 2. Publish the list where it can be reached from"
        " outside, and renew it before it expires. 3. Let that traffic pass the firewall and IPsec"
        " policy. 4. As a test only, relax the check: netsh advfirewall set global ipsec"
        " strongcrlcheck 0.")),
    # RFC 5280 (key usage, extended key usage); [AOVPN], [HICKS] on EKUs.
    "certificate usage": ((13818, 13819, 13881, 0x800B0106, 0x800B0110, 0x80090349), (
        "The certificate is not made for IKE. Issue one with an RSA key of at least 2048 bits, or"
        " an ECDSA key if the policy says ECDSA, with key usage Digital Signature, and with the EKU"
        " Server Authentication on a server, Client Authentication on a client. Look at it with"
        " certutil -dump CERT.cer. Remove or replace unfit certificates, of which IKE may choose"
        " one.")),
    # [IPSEC7]: root and criteria of policy; Windows Firewall's authentication methods.
    "chain policy": ((13887, 13875, 13826, 0x80096004, 0x80090006), (
        "The certificate is not one that the policy accepts, or its signature does not verify."
        " Compare on both ends the root or intermediate authority that the rule names"
        " (Get-NetIPsecMainModeSA, Get-NetIPsecRule, Get-NetIPsecPhase1AuthSet) with the chain of"
        " the certificate, and the signature algorithm: RSA or ECDSA P-256 or P-384 on both.")),
    # X.509 validity, RFC 5280 section 4.1.2.5; [HICKS] -2146762495 (0x800B0101).
    "certificate expired": ((0x800B0101, 0x800B0102, 0x80090328, 0x80090355, 0x8009035A,
                             854, 858, 863, 12037), (
        "1. Compare the clocks of both ends with true time. 2. Look at the dates of every"
        " certificate in the chain on both ends: machine, intermediate, root. 3. Renew the expired"
        " one, and remove the old one so that it is not chosen. 4. Restart IKEEXT, or RemoteAccess"
        " on an RRAS server, so that the new one is used.")),
    # [AOVPN], [HICKS] 864 and 13801: roots and intermediates in the machine's stores.
    "certificate chain": ((0x800B0109, 0x800B010A, 0x800B0107, 0x800B0112, 0x80090325,
                           0x80090352, 0x80090359, 861, 862, 864, 865, 12045), (
        "On the end that reports it: install the root authority of the other end's certificate in"
        " Trusted Root Certification Authorities, and the intermediate ones in Intermediate"
        " Certification Authorities, of the local machine and not of the user. Check it with"
        " certutil -verify CERT.cer. EAP: the server must also trust the user's issuer in NTAuth:"
        " certutil -enterprise -viewstore NTAuth.")),
    # RFC 5280 section 6.3; the list of untrusted certificates is a store of Windows.
    "certificate revoked": ((0x80092010, 0x800B010C, 0x80090351, 0x8009035B, 0x800B0111, 855, 859,
                             12170),
        "The issuer, or the list of untrusted certificates, says no more to this certificate. Issue"
        " a new one on the end whose it is; find out why it was revoked."),
    # RFC 6125; [AOVPN] 13801: subject name and the name that clients connect to.
    "certificate name": ((0x800B010F, 0x800B0114, 0x80090322, 835, 12038), (
        "The name in the certificate (subject or SAN) must be the name that the client connects to."
        " Connect to that name instead of an address or an alias, or issue the certificate with the"
        " name. Kerberos: the service's principal name must belong to the account: setspn -Q.")),
    # [HICKS] 13868; [AOVPN]; RFC 7296 section 2.7 (NO_PROPOSAL_CHOSEN).
    "ike policy": ((13868, 13802, 13865, 13871, 13873, 13874, 13861, 13879, 788), (
        "The two ends share no proposal. Compare encryption, integrity, Diffie-Hellman group, PFS"
        " and lifetime. VPN client: (Get-VpnConnection NAME).IPsecCustomPolicy; change it with"
        " Set-VpnConnectionIPsecConfiguration. RRAS: Get-VpnServerIPsecConfiguration; change it"
        " with Set-VpnServerIPsecConfiguration, then restart RemoteAccess. Connection security"
        " rules: Get-NetIPsecMainModeCryptoSet and Get-NetIPsecQuickModeCryptoSet. A Windows client"
        " without a policy of its own offers weak groups that servers refuse.")),
    # [WINERROR], [IPSEC7]: filter and policy must exist for the addresses on both ends.
    "ike no policy": ((13825, 13850, 13857, 13858, 13013, 13014, 13015, 791), (
        "One end has no IPsec rule for this traffic. 1. On both ends: netsh wfp show state, or"
        " Get-NetIPsecRule -PolicyStore ActiveStore. 2. The rules must name each other's addresses,"
        " ports and protocol, mirrored. 3. The rule's profile must be that of the interface. 4."
        " gpupdate, if policy comes from a domain.")),
    # [HICKS] 809, IKEv2 fragmentation, load balancing and NAT; RFC 7296 sections 2.1 and 2.23.
    "ike silence": ((13805, 13813, 13814, 13815, 13886, 13809, 13810, 13811, 13812, 792, 809, 808,
                     650), (
        "The other end does not answer, or its answers do not arrive. 1. The name resolves to the"
        " right address. 2. UDP 500 and 4500, and ESP (IP protocol 50) where there is no NAT, pass"
        " every firewall both ways; SSTP: TCP 443. 3. The service IKEEXT runs on both ends, and"
        " RemoteAccess on a VPN server. 4. NAT and load balancer: 500 and 4500 of one client go to"
        " one server. 5. It stops after the first messages: IP fragments are dropped; switch on"
        " IKEv2 fragmentation, or use smaller certificates. 6. L2TP behind NAT:"
        " AssumeUDPEncapsulationContextOnSendRule. 7. Capture on both ends: pktmon or"
        " netsh wfp capture start.")),
    # RFC 7296 section 2.8 (rekeying), 1.4.1 (deleting); [WINERROR].
    "ike deleted": ((13807, 13808, 13877, 13821, 13849, 13884, 13885, 13894, 13895, 13898, 13902,
                     13878, 13891), (
        "A negotiation gave way to another one, to a change of policy or to a stop of the service."
        " Nothing is to be mended if traffic flows afterwards: look whether a main and a quick mode"
        " SA exist (Get-NetIPsecMainModeSA, Get-NetIPsecQuickModeSA). If it comes again and again:"
        " compare the lifetimes of both ends, and look in the other end's log why it deletes.")),
    # [WINERROR], [IPSEC7]; the log of the other end has the reason.
    "ike unnamed": ((13816, 13804, 13876, 789, 793), (
        "IKE gives no reason here: look at the other end's log for the same moment, and at the"
        " Security log of both (4652 to 4654, 4984). Then check, in this order: pre-shared key or"
        " certificates, proposals of both ends, UDP 500 and 4500, the services IKEEXT and"
        " PolicyAgent." + _SECURITY_LOG)),
    # RFC 7296 section 1.2 (KE payload), 3.4; [WINERROR].
    "ike diffie-hellman": ((13822, 13833, 13864), (
        "The Diffie-Hellman exchange failed: set the same groups on both ends (for a Windows VPN:"
        " DHGroup of Set-VpnConnectionIPsecConfiguration and Set-VpnServerIPsecConfiguration; Group"
        " 14 or ECP256 and better). If they are the same, capture the exchange: a payload may have"
        " been cut on its way.")),
    # RFC 7296 section 3 (payload formats), 2.21 (errors), 3.15; [WINERROR].
    "ike payload": (tuple(range(13829, 13833)) + tuple(range(13834, 13844)) + (
        13823, 13824, 13846, 13862, 13863, 13869, 13872, 13880, 13888, 13893), (
        "A message was not as IKE wants it. 1. Update both ends; devices that are no Windows need"
        " the version of IKE that the rule has. 2. Compare pre-shared key and identities: wrong"
        " ones look like damage, too. 3. Look whether a firewall or NAT with an IPsec helper"
        " changes the packets: switch the helper off. 4. Capture on both ends and compare:"
        " netsh wfp capture start, ikeext.etl.")),
    # [WINERROR] (decrypt, hash: different keys); RFC 7296 section 2.15 (shared key).
    "ike keys": ((13866, 13867, 13870, 13892, 811), (
        "The two ends computed different keys. Pre-shared key: type it anew on both ends, with the"
        " same capitals and blanks. Certificates: each end must use the one the other knows.")),
    # [IPSEC7], Microsoft's Kerberos documents: time, DNS, SPN, secure channel.
    "kerberos": ((13827, 13853, 13854, 13855, 13856, 0x8009030C, 0x8009030D, 0x8009030E, 0x80090303,
                  0x80090311, 0x80090304, 0x80090342, 1311, 1355, 1396, 1789, 0xC000005E,
                  0xC000018D), (
        "1. Both computers are members of the domain, or of domains that trust each other; without"
        " a domain, use certificates or a key instead of Kerberos. 2. A domain controller can be"
        " reached, and its traffic is exempt from IPsec. 3. Clocks differ by less than 5 minutes."
        " 4. nltest /sc_verify:DOMAIN and, if it fails, Test-ComputerSecureChannel -Repair. 5. The"
        " names resolve, and the principal name is there once: setspn -X.")),
    # RFC 4120 section 1.6: clocks are loosely synchronised.
    "clock": ((0x80090324, 1398, 0xC0000133),
        "Set the clocks of both computers by the same source: w32tm /query /status, then"
        " w32tm /resync. Kerberos allows 5 minutes."),
    # Microsoft's "Restrict server access"; rules with authorised computers and users.
    "ike authorisation": (tuple(range(13905, 13909)), (
        "The other end authenticated itself but may not connect. On the end that refuses: the"
        " firewall or IPsec rule with 'allow only secure connections' names the computers and users"
        " that may; add the account or its group, then log on or restart for a new token. 13906 and"
        " 13908 also want a smart card or certificate logon.")),
    # RFC 7296 section 3.15 (configuration payload); Microsoft's RRAS events on address pools.
    "inner address": ((13899, 13900, 840, 841, 717, 738, 720), (
        "On the VPN server: it could hand out no address. 1. The static pool or the DHCP server has"
        " free addresses, and the server reaches DHCP. 2. RRAS assigns from the right interface."
        " 3. The user's account has no fixed address that is taken. 4. IPv6: a prefix is"
        " configured, if the client asks for one. 5. Restart RemoteAccess after the change.")),
    # RFC 4555 (MOBIKE).
    "mobike": ((13904, 843), "Nothing to mend: without MOBIKE a change of network makes a new"
               " connection. Switch it off on the client, or on at the server."),
    # [WINERROR]; registry and documents of IKE's protection against floods (RFC 7296 section 2.6).
    "ike load": ((13882, 13890, 13896, 13903, 13918, 13859), (
        "IKE on one end is overloaded or protects itself. 1. Find out who asks so often: summary"
        " and the other end's logs; a wrong retry loop is common. 2. Spread the clients, or wait:"
        " the protection ends by itself.")),
    # [WINERROR].
    "ike disabled": ((13883, 13844, 13845), (
        "Policy says so here: traffic goes in clear, or not at all. If it should be protected, look"
        " at the rule's action on both ends: require, request or do not authenticate.")),
    # [WINERROR]; sc.exe.
    "ike service": ((13851, 13852, 13860, 827), (
        "Restart the services IKE and AuthIP (IKEEXT) and IPsec Policy Agent (PolicyAgent) on the"
        " end that reports it: Restart-Service IKEEXT, PolicyAgent. If it comes again, look for"
        " other IPsec software there, and repair Windows: sfc /scannow.")),
    # [WINERROR]: FWPM and IPsec policy objects.
    "ipsec objects": ((13000, 13001, 13002, 13003, 13004, 13005, 13006, 13007, 13008, 13009, 13010,
                       13011, 13012, 13016, 13017, 13018, 13019, 13020, 13021, 13022, 13023), (
        "The IPsec policy was changed by two at once, or is not as the program thinks. Show it"
        " (netsh ipsec static show all, Get-NetIPsecRule), correct or remove the object by hand,"
        " and try again.")),
    # RFC 4303 section 3.4 (inbound processing), RFC 7296 section 1.5 (INVALID_SPI).
    "packet sa": ((13910, 13911, 13912), (
        "The other end still uses an SA that this end no longer has: it restarted, or lifetimes"
        " differ. It heals with the next negotiation; to hasten it, restart IKEEXT on the sender."
        " If it comes again and again: same lifetimes on both ends, dead peer detection on, and one"
        " server behind a load balancer for one client.")),
    # RFC 4303 section 3.4.3 (replay window).
    "packet replay": ((13913,), (
        "Packets came twice or out of order by more than the window. A few are harmless. Many:"
        " look for QoS or several paths that reorder, and for a capture device that repeats"
        " packets; then for an attack.")),
    # RFC 4303 section 3.4.4 (ICV); RFC 3948 (NAT).
    "packet damaged": ((13914, 13915), (
        "The packet was changed on its way, or keys differ. 1. NAT without UDP 4500, AH through"
        " NAT, or a device that rewrites packets. 2. Offload of the network card: switch IPsec"
        " offload off as a test (Disable-NetAdapterIPsecOffload). 3. Let both ends negotiate"
        " anew.")),
    # [IPSEC7]: require mode and peers without policy.
    "clear text": ((13916,), (
        "The sender does not use IPsec where this end demands it. 1. On the sender: is there a rule"
        " for this traffic, and did it negotiate (events of IKE just before)? 2. On this end: if"
        " the sender cannot do IPsec, exempt it, or request instead of require. 3. Broadcasts,"
        " ICMP and domain controllers are often to be exempt.")),
    # [WINERROR]: packets wait in the driver while IKE negotiates.
    "packet queue": ((0xC000A010,), (
        "Packets waited for an SA and there was no room for more. Look for IKE failures at the same"
        " time, and mend those; else many connections began at once, and it passes.")),
    # [WINERROR].
    "authenticated firewall": ((13917,),
        "Nothing to mend: it is normal in authenticated firewall mode."),
    # Microsoft's IPsec denial-of-service protection (DoSP) documents: netsh ipsecdosprotection.
    "flood protection": (tuple(range(13925, 13933)), (
        "IPsec DoS Protection stands before these computers: Get-NetIPsecDospSetting shows its"
        " rules. Let in the prefix and the keying module that are meant to pass; raise its limits"
        " if true clients are cut off. 13931: the component is not installed, so there is nothing"
        " to set.")),
    # [WINERROR].
    "markers": ((13800, 13897, 13909, 13803, 13901),
        "No failure: the code marks a range, or says that the negotiation goes on."),
    # [AOVPN] 812; [HICKS] 691, 812, 853: NPS decides.
    "vpn policy": ((812, 691, 649, 718, 734, 853, 857, 867, 778), (
        "The server or its RADIUS (NPS) refused. On NPS: Security events 6273 and 6274 and the log"
        " in %windir%\\system32\\LogFiles say why. Check 1. name, password and lockout, 2. the"
        " account's dial-in permission and the network policy's groups, 3. that client, RRAS and"
        " network policy allow the same method (EAP, PEAP, MS-CHAPv2), 4. NPS has a valid server"
        " certificate and, for user certificates, the issuer in NTAuth.")),
    # [AOVPN] 800; [HICKS] 809.
    "vpn any": ((800, 868, 806, 721, 769, 628, 619, 829, 807), (
        "No tunnel reaches the server. 1. The server's name resolves. 2. Open on the way: UDP 500"
        " and 4500 (IKEv2, L2TP), TCP 443 (SSTP), TCP 1723 and GRE, IP protocol 47 (PPTP). 3. The"
        " RemoteAccess service runs. 4. Try from another network: some block VPNs. 5. 'Automatic'"
        " tries all protocols: set the one that the server has, for an error that says more.")),
    # [HICKS] 13801, 798; certificates of users for EAP.
    "vpn certificate": ((798, 781, 801, 810), (
        "Certificate of the VPN: 1. the server's is valid, trusted, and has the name that clients"
        " connect to, with the EKU Server Authentication; 2. the user or machine has one with"
        " Client Authentication and its private key.")),
}
