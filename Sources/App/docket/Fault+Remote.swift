import RemoteModel

extension Fault {
    /// The words for a server's address, key or model that cannot be used.
    init(remote fault: RemoteFault) {
        switch fault {
        case .notAnAddress(let text):
            self.init(
                .usage,
                "--model \(text): expected http://HOST:PORT/v1, and the model's name behind # where it has several"
            )
        case .addressWithPassword(let host):
            self.init(
                .usage,
                "--model: no user or password in the address of \(host); a key goes into $DOCKET_API_KEY or a file "
                    + "that --api-key-file names"
            )
        case .unreadableKey(let path, let errno):
            self.init(.noInput, "\(path): the key cannot be read (\(errno))")
        case .exposedKey(let path, let mode):
            self.init(
                .noInput,
                "\(path): others can read this key (its permissions are \(mode)); `chmod 600 \(path)` first"
            )
        case .badKey(let origin):
            self.init(.noInput, "\(origin): no key in it, or characters that no key has")
        case .badProxy(let name):
            self.init(.usage, "$\(name): expected http://HOST:PORT or socks5://HOST:PORT")
        case .badCertificates(let path):
            self.init(.usage, "$SSL_CERT_FILE: \(path) holds no certificates that can be read")
        case .severalModels(let destination, let names):
            self.init(
                .usage,
                "\(destination) has "
                    + (names.isEmpty
                        ? "no model in its list"
                        : "several models (\(names.joined(separator: ", ")))")
                    + "; name one behind #, as in http://\(destination)/v1#\(names.first ?? "MODEL")"
            )
        case .noSuchModel(let name, let destination, let names):
            self.init(
                .noInput,
                "\(destination) has no model '\(name)'; it has \(names.joined(separator: ", "))"
            )
        }
    }
}
