public import SystemPackage

/// What is wrong with what a person says of a remote model: nothing was sent yet.
public enum RemoteFault: Error, Hashable, Sendable {
    /// It begins like an address and is none; as it may be shown.
    case notAnAddress(String)
    /// The address has a user or password in it.
    case addressWithPassword(host: String)
    /// The file with the key cannot be read.
    case unreadableKey(FilePath, Errno)
    /// The file with the key can be read by others; its permissions.
    case exposedKey(FilePath, mode: String)
    /// There is no key in it, or characters that no key has; where it was looked for.
    case badKey(String)
    /// A variable of the environment does not hold a proxy's address; its name.
    case badProxy(String)
    /// The file of `SSL_CERT_FILE` holds no certificates.
    case badCertificates(FilePath)
    /// The server has several models and the address names none; the first of them.
    case severalModels(destination: String, names: [String])
    /// The server does not have the model that the address names; the first of those that it has.
    case noSuchModel(String, destination: String, names: [String])
}
