public import Records

/// All that is wrong with one pipeline file.
public struct SpecFaults: Error, Hashable, Sendable, CustomStringConvertible {
    /// The faults, in the order of the file; never empty.
    public var faults: [SpecFault]

    /// Gathers faults, also those of several files.
    public init(faults: [SpecFault]) {
        self.faults = faults
    }

    /// Whether there is no such file at all.
    public var isFileMissing: Bool { faults.contains { $0.problem == .noSuchFile } }

    /// One line a fault.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}

/// One thing that is wrong with a pipeline file, and where.
public struct SpecFault: Error, Hashable, Sendable {
    /// The file, as it was named.
    public var file: String
    /// The line, from 1; nil when the file as a whole is wrong.
    public var line: Int?
    /// The column in Unicode scalars, from 1.
    public var column: Int?
    /// What is wrong.
    public var problem: SpecProblem

    /// Creates a fault.
    public init(file: String, line: Int? = nil, column: Int? = nil, problem: SpecProblem) {
        self.file = file
        self.line = line
        self.column = column
        self.problem = problem
    }
}

/// What can be wrong with a pipeline file.
public enum SpecProblem: Hashable, Sendable {
    // MARK: The file

    /// There is no such file.
    case noSuchFile
    /// It could not be read; the system's reason.
    case unreadable(String)
    /// It is larger than a pipeline can be.
    case fileTooLarge(limit: Int)
    /// Its bytes are not UTF-8 from here on.
    case notUTF8
    /// It holds a character that YAML forbids.
    case controlCharacter(UInt32)
    /// It holds nothing.
    case empty

    // MARK: YAML

    /// The text is not YAML from here on.
    case syntax(String, expected: String)
    /// It holds more than one YAML document.
    case secondDocument
    /// It refers to anchors too often, or unfolds to too many nodes.
    case tooMuch(String, limit: Int)
    /// A key is given twice in one mapping.
    case duplicateKey(String, firstLine: Int?)
    /// A key is not one word.
    case keyNotAWord

    // MARK: Keys and values

    /// A key that does not exist.
    case unknownKey(String, of: String, known: [String])
    /// A key that must be there is not.
    case missingKey(String, of: String, expected: String)
    /// A value of another shape: `found` is "a list", "a mapping", "nothing" or the text.
    case wrongShape(of: String, found: String, expected: String)
    /// A word that is not one of a closed set.
    case unknownWord(String, of: String, known: [String])
    /// A number, size or duration that is not one or lies outside what makes sense.
    case badQuantity(String, of: String, expected: String)
    /// A name that cannot be one.
    case badName(String, of: String, expected: String)
    /// A name that Docket itself uses.
    case takenName(String, of: String, by: String)
    /// The same entry twice where it may be there once.
    case repeated(String, of: String)
    /// A glob that matches nothing it could be meant for.
    case badGlob(String, why: String)
    /// A regular expression that does not compile.
    case badPattern(String, why: String)
    /// A key that has no meaning here.
    case misplaced(String, why: String, expected: String)

    // MARK: Fields and steps

    /// A name that is no field of the record.
    case unknownField(String, known: [String])
    /// A field of a type that the step cannot fill.
    case wrongFieldType(String, type: String, expected: String)
    /// A step without a verb that Docket knows.
    case noVerb(keys: [String], known: [String])
    /// A step with two verbs.
    case twoVerbs(String, String)
    /// A step that cannot stand at its place.
    case stepOutOfPlace(String, expected: String)
    /// A rule of a `check` step that is none.
    case badRule(String, CheckRuleFault.Problem)
}
