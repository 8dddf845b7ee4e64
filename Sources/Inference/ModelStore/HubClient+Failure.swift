internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOPosix

extension HubClient {
    /// What an error of the client means for the pull.
    static func failure(_ error: any Error, host: String) -> AttemptFailure {
        if error is CancellationError || Task.isCancelled { return .final(.cancelled) }
        if let error = error as? AttemptFailure { return error }
        if let error = error as? HTTPClientError {
            switch error {
            case .cancelled: return .final(.cancelled)
            case .readTimeout, .writeTimeout, .deadlineExceeded: return .passing(.silent)
            case .connectTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout,
                .socksHandshakeTimeout, .getConnectionFromPoolTimeout:
                return .passing(.cannotConnect(host: host, detail: "no answer in time"))
            case .proxyAuthenticationRequired, .invalidProxyResponse:
                return .final(.proxyRefused(PlainWords.of(error.description)))
            case .remoteConnectionClosed, .bodyLengthMismatch:
                return .passing(.connectionLost(detail: "closed by the server"))
            default: return .passing(.connectionLost(detail: PlainWords.of(error.description)))
            }
        }
        if let detail = connectDetail(of: error) {
            return .passing(.cannotConnect(host: host, detail: detail))
        }
        let words = PlainWords.of((error as? IOError).map { reason($0.errnoCode) } ?? "\(error)")
        // A certificate does not become valid by asking again.
        if words.contains("CERTIFICATE") || words.contains("handshakeFailed") {
            return .final(.notTrusted(host: host, detail: certificateReason(words)))
        }
        return .passing(.connectionLost(detail: words))
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
