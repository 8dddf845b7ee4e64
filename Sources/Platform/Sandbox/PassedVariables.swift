internal import CSandbox

/// Which of the user's environment variables a process behind walls sees.
///
/// A program that a foreign file takes over can say on its standard output what it finds there: keys of servers are no business of it.
public enum PassedVariables: Sendable, Hashable {
    /// What programs need to run at all: for those that Docket itself chose, as poppler's and ffmpeg.
    case needed
    /// All that is not secret by its name: for a user's own program, which may be set up by variables that nobody here knows.
    ///
    /// The network is closed to it, so that it misses neither keys nor the addresses of proxies, which can have passwords in them.
    case notSecret

    /// What workers get as well: programs and libraries are found by them, and Tesseract's models.
    static let ofWorkers: Set<String> = ["PATH", "TESSDATA_PREFIX", "LD_LIBRARY_PATH"]

    /// Besides, a program's language, time zone and fonts; by `HOME` the walls know which folders not to open.
    private static let ofPrograms: Set<String> = [
        "HOME", "LANG", "LANGUAGE", "TMPDIR", "TZ", "OPENBLAS_NUM_THREADS",
    ]
    private static let ofProgramsByBeginning = ["LC_", "FONTCONFIG_"]

    /// Parts of names, by which secrets are known: `OPENAI_API_KEY`, `HF_TOKEN`, `https_proxy`.
    private static let ofSecrets: Set<String> = [
        "APIKEY", "KEY", "KEYS", "TOKEN", "TOKENS", "SECRET", "SECRETS", "PASS", "PASSWORD",
        "PASSWD", "PASSPHRASE", "PGPASSWORD", "CREDENTIAL", "CREDENTIALS", "AUTH", "PROXY",
    ]

    /// Whether a variable is passed.
    ///
    /// - Parameter name: Its name.
    /// - Returns: Whether the process sees it.
    func passes(_ name: String) -> Bool {
        switch self {
        case .needed:
            Self.ofWorkers.contains(name) || Self.ofPrograms.contains(name)
                || Self.ofProgramsByBeginning.contains(where: name.hasPrefix)
        case .notSecret:
            !name.uppercased().split { !$0.isLetter && !$0.isNumber }.contains {
                Self.ofSecrets.contains(String($0))
            }
        }
    }

    /// Those of some variables that are passed.
    func passed(of variables: [String: String]) -> [String: String] {
        variables.filter { passes($0.key) }
    }

    /// This process's own variables.
    static var own: [String: String] {
        var own: [String: String] = [:]
        var place = unsafe sandbox_environment()
        while let next = unsafe place, let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            if let end = text.firstIndex(of: "=") {
                own[String(text[..<end])] = String(text[end...].dropFirst())
            }
            unsafe place = next + 1
        }
        return own
    }
}
