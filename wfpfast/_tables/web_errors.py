"""What a program whose names, proxies or web servers are blocked sees; must not know other codes.

Names and numbers are those of winerror.h (DNS), winhttp.h and, where that has none, wininet.h; both
libraries share the numbers.
"""

DNS: dict[int, tuple[str, str]] = {
    9001: ("DNS_ERROR_RCODE_FORMAT_ERROR", "The DNS server could not read the query"),
    9002: ("DNS_ERROR_RCODE_SERVER_FAILURE", "The DNS server failed"),
    9003: ("DNS_ERROR_RCODE_NAME_ERROR", "DNS has no such name"),
    9004: ("DNS_ERROR_RCODE_NOT_IMPLEMENTED", "The DNS server does not know this kind of query"),
    9005: ("DNS_ERROR_RCODE_REFUSED", "The DNS server refused the query"),
    9501: ("DNS_INFO_NO_RECORDS", "The name is there and has no record of this kind"),
    9503: ("DNS_ERROR_NO_PACKET", "There is no DNS packet"),
    9701: ("DNS_ERROR_RECORD_DOES_NOT_EXIST", "There is no such DNS record"),
}

HTTP: dict[int, tuple[str, str]] = {
    12002: ("ERROR_WINHTTP_TIMEOUT", "The web server or proxy did not answer in time"),
    12004: ("ERROR_WINHTTP_INTERNAL_ERROR", "An internal error of the HTTP library"),
    12005: ("ERROR_WINHTTP_INVALID_URL", "The URL is not valid"),
    12006: ("ERROR_WINHTTP_UNRECOGNIZED_SCHEME", "The URL's scheme is not known"),
    12007: ("ERROR_WINHTTP_NAME_NOT_RESOLVED", "The server's name has no address"),
    12009: ("ERROR_WINHTTP_INVALID_OPTION", "An option is not valid"),
    12012: ("ERROR_WINHTTP_SHUTDOWN", "The HTTP library is shutting down"),
    12015: ("ERROR_WINHTTP_LOGIN_FAILURE", "The login failed"),
    12017: ("ERROR_WINHTTP_OPERATION_CANCELLED", "The operation was cancelled"),
    12029: ("ERROR_WINHTTP_CANNOT_CONNECT", "No connection to the server: blocked, or not there"),
    12030: ("ERROR_WINHTTP_CONNECTION_ERROR", "The connection was reset or ended"),
    12031: ("ERROR_INTERNET_CONNECTION_RESET", "The connection was reset"),
    12037: ("ERROR_WINHTTP_SECURE_CERT_DATE_INVALID", "The server's certificate has expired"),
    12038: ("ERROR_WINHTTP_SECURE_CERT_CN_INVALID", "The server's certificate has another name"),
    12044: ("ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED", "The server wants a client certificate"),
    12045: ("ERROR_WINHTTP_SECURE_INVALID_CA", "The server's authority is not trusted"),
    12057: ("ERROR_WINHTTP_SECURE_CERT_REV_FAILED", "Revocation could not be checked"),
    12152: ("ERROR_WINHTTP_INVALID_SERVER_RESPONSE", "The answer could not be parsed"),
    12157: ("ERROR_WINHTTP_SECURE_CHANNEL_ERROR", "The TLS library reported an error"),
    12163: ("ERROR_INTERNET_DISCONNECTED", "There is no connection to the internet"),
    12167: ("ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT", "The proxy's script could not be loaded"),
    12169: ("ERROR_WINHTTP_SECURE_INVALID_CERT", "The server's certificate is not valid"),
    12170: ("ERROR_WINHTTP_SECURE_CERT_REVOKED", "The server's certificate is revoked"),
    12175: ("ERROR_WINHTTP_SECURE_FAILURE", "TLS failed: often a certificate or its revocation"),
    12180: ("ERROR_WINHTTP_AUTODETECTION_FAILED", "No proxy was found by itself"),
}
