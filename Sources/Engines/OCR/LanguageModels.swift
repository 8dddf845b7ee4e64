internal import CTesseract
internal import FoundationEssentials
internal import Glibc
public import Jobs
internal import Synchronization

/// Where Tesseract's models are on this machine, and which there are.
public struct LanguageModels: Sendable {
    /// The folder that holds `eng.traineddata` and its like.
    public let folder: String

    /// The models of the folder that Tesseract itself would use.
    ///
    /// `$TESSDATA_PREFIX` decides, else the folder that is built into the library.
    public static func installed() -> LanguageModels {
        LanguageModels(folder: LanguageModels.standardFolder())
    }

    /// The models of one folder.
    ///
    /// - Parameter folder: its path.
    public init(folder: String) {
        self.folder = folder
    }

    /// Names of the languages that can be read, sorted; `osd` is not one.
    public var languages: [String] {
        files.filter { $0 != "osd" && $0 != "equ" }
    }

    /// Whether the model that tells a page's orientation is there.
    public var canTellOrientation: Bool {
        files.contains("osd")
    }

    /// Fails when a language is not installed, naming the package that brings it.
    ///
    /// - Parameter names: the languages that a step names.
    /// - Throws: ``JobFailure`` with the reason `missing-engine`.
    public func require(_ names: [String]) throws(JobFailure) {
        guard !names.isEmpty else {
            throw JobFailure(.missingEngine, "the step names no language")
        }
        for name in LanguageModels.parts(of: names)
        where !LanguageModels.isName(name) || path(of: name) == nil {
            throw JobFailure(.missingEngine, LanguageModels.remedy(for: name))
        }
    }

    /// The sentence that tells a person how to get a language.
    public static func remedy(for name: String) -> String {
        let package = name.lowercased().replacing("_", with: "-")
        return "language '\(name)' is not installed; apt install tesseract-ocr-\(package)"
    }

    /// The models that names stand for: `eng+deu` is two.
    static func parts(of names: [String]) -> [String] {
        names.flatMap {
            $0.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// The model files in a short form that changes when they do: `eng@4f2c11ab deu@09aa31fe`.
    ///
    /// - Parameter names: the languages that a step names; the sign in `eng+deu` is kept, as it changes how they are used.
    /// - Returns: names and digests.
    public func digest(of names: [String]) -> String {
        names.map { name in
            LanguageModels.parts(of: [name])
                .map { "\($0)@\(path(of: $0).map(LanguageModels.digest) ?? "missing")" }
                .joined(separator: "+")
        }
        .joined(separator: " ")
    }

    // MARK: - Files

    private var files: [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return entries.filter { $0.hasSuffix(".traineddata") }
            .map { String($0.dropLast(".traineddata".count)) }
            .sorted()
    }

    private func path(of name: String) -> String? {
        let path = "\(folder)/\(name).traineddata"
        return unsafe access(path, R_OK) == 0 ? path : nil
    }

    /// A name must not lead out of the folder nor be taken for two.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".."
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static func standardFolder() -> String {
        if let named = ProcessInfo.processInfo.environment["TESSDATA_PREFIX"], !named.isEmpty {
            // Tesseract 5 wants the folder itself; older advice named its parent.
            let inside = "\(named)/tessdata"
            if unsafe access("\(named)/eng.traineddata", R_OK) != 0,
                unsafe access(inside, X_OK) == 0
            {
                return inside
            }
            return named
        }
        let usual = "/usr/share/tesseract-ocr/5/tessdata"
        if unsafe access(usual, X_OK) == 0 { return usual }
        return builtInFolder() ?? usual
    }

    /// The folder that the library falls back to; it says so only once it was asked to load something.
    private static func builtInFolder() -> String? {
        guard let api = unsafe TessBaseAPICreate() else { return nil }
        defer { unsafe TessBaseAPIDelete(api) }
        guard unsafe TessBaseAPIInit3(api, nil, "eng") == 0,
            let path = unsafe TessBaseAPIGetDatapath(api)
        else { return nil }
        return unsafe String(cString: path)
    }
    /// The digest of a model file, computed once for each file and process.
    private static func digest(of path: String) -> String {
        digests.withLock { known in
            if let digest = known[path] { return digest }
            let digest = FileDigest.short(ofFileAt: path) ?? "unreadable"
            known[path] = digest
            return digest
        }
    }

    private static let digests = Mutex<[String: String]>([:])
}
