internal import CTesseract
internal import Glibc
internal import Jobs

/// A recogniser and the name of its language as the step gives it: `eng`, or `eng+deu` for two at once.
final class Recogniser {
    let name: String
    let handle: TesseractHandle

    init(name: String, handle: consuming TesseractHandle) {
        self.name = name
        self.handle = handle
    }
}

/// The recognisers of a worker, one for each language that its step names.
///
/// Model files are mapped before the worker is walled in; of those beyond the first a recogniser is made when a page first
/// asks for it, which costs 60 to 150 ms and 12 to 45 MB each and is spared to those who only ever read the first.
final class Recognisers {
    private enum Entry {
        case ready(Recogniser)
        case waiting(ModelFile)
    }

    /// The languages in the order in which the step names them.
    var names: [String] { choice.names }
    /// How one of them is chosen for a page.
    let choice: LanguageChoice
    private var entries: [Entry]

    /// Loads the first language and makes the others ready to be loaded.
    ///
    /// - Parameters:
    ///   - names: the languages that the step names; at least one.
    ///   - folder: where the model files are.
    /// - Throws: ``JobFailure`` with the reason `missing-engine` when a model cannot be loaded.
    init(names: [String], folder: String) throws(JobFailure) {
        var known: [String] = []
        var entries: [Entry] = []
        for name in names where !known.contains(name) {
            known.append(name)
            // Of several models in one, Tesseract takes only the first from memory.
            let file =
                entries.isEmpty || name.contains("+")
                ? nil : ModelFile(path: "\(folder)/\(name).traineddata")
            if let file, !file.namesOthers {
                entries.append(.waiting(file))
            } else {
                let parts = name.split(separator: "+").map(String.init)
                let handle = try TesseractHandle(languages: parts, folder: folder)
                entries.append(.ready(Recogniser(name: name, handle: handle)))
            }
        }
        choice = LanguageChoice(names: known)
        self.entries = entries
    }

    /// The recogniser of a language, made now if it was not needed before.
    ///
    /// - Parameter index: the language's place among ``names``.
    /// - Returns: the recogniser.
    /// - Throws: ``JobFailure`` with the reason `missing-engine` when its model cannot be loaded.
    func recogniser(at index: Int) throws(JobFailure) -> Recogniser {
        switch entries[index] {
        case .ready(let recogniser): return recogniser
        case .waiting(let file):
            let handle = try TesseractHandle(language: names[index], model: file)
            let recogniser = Recogniser(name: names[index], handle: handle)
            entries[index] = .ready(recogniser)
            return recogniser
        }
    }
}

/// A model file in memory, for reading, as long as this lives.
@safe final class ModelFile {
    private let start: UnsafeMutableRawPointer
    private let count: Int

    /// Maps a file; nil where that is not possible.
    init?(path: String) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, facts.st_size > 0,
            facts.st_size <= Int(Int32.max),
            let start = unsafe mmap(nil, facts.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0),
            unsafe start != MAP_FAILED
        else { return nil }
        unsafe self.start = start
        count = facts.st_size
    }

    deinit { unsafe munmap(start, count) }

    /// Whether the model's settings, its first part, ask for other models, which are files of their own.
    var namesOthers: Bool {
        let settings = unsafe UnsafeRawBufferPointer(start: start, count: min(count, 16_384))
        return unsafe settings.firstRange(of: "tessedit_load_sublangs".utf8) != nil
    }

    /// Lends the bytes.
    @unsafe func withBytes<Result>(_ body: (UnsafePointer<CChar>, Int32) -> Result) -> Result {
        unsafe body(start.assumingMemoryBound(to: CChar.self), Int32(count))
    }
}
