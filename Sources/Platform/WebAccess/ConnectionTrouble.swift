internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Why a server gave no answer, or not the whole of it.
public enum ConnectionTrouble: Error, Equatable, Sendable {
    /// The task was cancelled.
    case cancelled
    /// Nothing came for so long.
    case silent
    /// Nobody answers at that host.
    case cannotConnect(host: String, detail: String)
    /// The connection ended before the answer did.
    case lost(detail: String)
    /// The proxy does not let us through.
    case proxyRefused(String)
    /// The server's certificate is not trusted.
    case notTrusted(host: String, detail: String)

    /// What an error of the client means.
    ///
    /// - Parameters:
    ///   - error: What it threw.
    ///   - host: Whom it asked.
    public init(_ error: any Error, host: String) {
        if error is CancellationError || Task.isCancelled {
            self = .cancelled
        } else if let error = error as? ConnectionTrouble {
            self = error
        } else if let error = error as? HTTPClientError {
            self = Self.trouble(error, host: host)
        } else if let detail = Self.connectDetail(of: error) {
            self = .cannotConnect(host: host, detail: detail)
        } else {
            let words = PlainWords.of(
                (error as? IOError).map { Self.reason($0.errnoCode) } ?? "\(error)"
            )
            // A certificate does not become valid by asking again.
            self =
                words.contains("CERTIFICATE") || words.contains("handshakeFailed")
                ? .notTrusted(host: host, detail: Self.certificateReason(words))
                : .lost(detail: words)
        }
    }

    private static func trouble(_ error: HTTPClientError, host: String) -> ConnectionTrouble {
        switch error {
        case .cancelled: .cancelled
        case .readTimeout, .writeTimeout, .deadlineExceeded: .silent
        case .connectTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout,
            .socksHandshakeTimeout, .getConnectionFromPoolTimeout:
            .cannotConnect(host: host, detail: "no answer in time")
        case .proxyAuthenticationRequired, .invalidProxyResponse:
            .proxyRefused(PlainWords.of(error.description))
        case .remoteConnectionClosed, .bodyLengthMismatch: .lost(detail: "closed by the server")
        default: .lost(detail: PlainWords.of(error.description))
        }
    }

    /// The reason in BoringSSL's words, without the numbers and paths around it.
    private static func certificateReason(_ words: String) -> String {
        guard let mark = words.firstRange(of: "OPENSSL_internal:") else {
            return "handshake failed"
        }
        return words[mark.upperBound...].prefix { $0 == "_" || $0.isUppercase || $0.isNumber }
            .lowercased().replacing("_", with: " ")
    }

    /// Why no connection could be made; nil for an error of one that was made.
    private static func connectDetail(of error: any Error) -> String? {
        if let error = error as? IOError {
            // What `connect` answers; an address in figures is tried directly, with no list of failures around it.
            return [ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, ENETDOWN]
                .contains(error.errnoCode) ? reason(error.errnoCode) : nil
        }
        guard let error = error as? NIOConnectionError else { return nil }
        guard let first = error.connectionErrors.first?.error else { return "no such host" }
        return (first as? IOError).map { reason($0.errnoCode) } ?? "no answer"
    }

    private static func reason(_ code: CInt) -> String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}
