public import SystemPackage

/// What is wrong with the environment that says how servers are reached.
public enum WebAccessFault: Error, Equatable, Sendable {
    /// A variable does not hold a proxy's address; its name.
    case badProxy(String)
    /// The file of `SSL_CERT_FILE` holds no certificates.
    case badCertificates(FilePath)
}
