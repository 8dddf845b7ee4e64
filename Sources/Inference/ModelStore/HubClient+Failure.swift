internal import WebAccess

extension HubClient {
    /// What an error of the client means for the pull.
    static func failure(_ error: any Error, host: String) -> AttemptFailure {
        if let error = error as? AttemptFailure { return error }
        return switch ConnectionTrouble(error, host: host) {
        case .cancelled: .final(.cancelled)
        case .silent: .passing(.silent)
        case .cannotConnect(let host, let detail):
            .passing(.cannotConnect(host: host, detail: detail))
        case .lost(let detail): .passing(.connectionLost(detail: detail))
        case .proxyRefused(let words): .final(.proxyRefused(words))
        case .notTrusted(let host, let detail): .final(.notTrusted(host: host, detail: detail))
        }
    }
}
