internal import FoundationEssentials

/// The table of contents of a packed model file: what is in it, where, and of what it was made.
///
/// It is JSON, so that any program can read it; `Documentation/PackedModels.md` lists the keys.
public struct PackedContents: Sendable, Equatable, Codable {
    /// What to call the model: the file's name as it was written, without its endings.
    public var name: String
    /// The form that was asked for; single weights may be in another one.
    public var precision: PackedForm
    /// The architecture, as the source names it.
    public var family: String
    /// Who wrote it, such as `docket 0.1`.
    public var writer: String
    /// When, in UTC: `2026-11-21T12:00:00Z`.
    public var written: String
    /// What it was made of.
    public var source: PackedSource
    /// The source's small files, as they were.
    public var files: [PackedSection]
    /// The weights, in the order of the forward pass.
    public var tensors: [PackedTensor]

    /// Puts a table together.
    public init(
        name: String,
        precision: PackedForm,
        family: String,
        writer: String,
        written: String,
        source: PackedSource,
        files: [PackedSection] = [],
        tensors: [PackedTensor] = []
    ) {
        self.name = name
        self.precision = precision
        self.family = family
        self.writer = writer
        self.written = written
        self.source = source
        self.files = files
        self.tensors = tensors
    }
}

/// What a packed model was made of.
public struct PackedSource: Sendable, Equatable, Codable {
    /// How the source's weights were stored.
    public enum Format: String, Sendable, Codable {
        case safetensors
        case gguf
    }

    /// A file of weights.
    public struct File: Sendable, Equatable, Codable {
        /// Its name, without its folder.
        public var name: String
        /// Its length.
        public var bytes: Int

        /// Describes a file.
        public init(name: String, bytes: Int) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// `OWNER/NAME` of an installed model, else the name of its folder or file.
    public var name: String
    /// How its weights were stored.
    public var format: Format
    /// The commit that it was pulled at, where that is known.
    public var revision: String?
    /// Its files of weights.
    public var files: [File]

    /// Describes a source.
    public init(name: String, format: Format, revision: String?, files: [File]) {
        self.name = name
        self.format = format
        self.revision = revision
        self.files = files
    }
}

/// A part of a packed file.
public struct PackedSection: Sendable, Equatable, Codable {
    /// What it holds: a file's name.
    public var name: String
    /// Where it begins, in bytes from the file's start: a multiple of 64.
    public var offset: Int
    /// Its length.
    public var bytes: Int
    /// The SHA-256 of its bytes, in hexadecimal.
    public var sha256: String

    /// Describes a part.
    public init(name: String, offset: Int, bytes: Int, sha256: String) {
        self.name = name
        self.offset = offset
        self.bytes = bytes
        self.sha256 = sha256
    }
}

/// A weight in a packed file.
public struct PackedTensor: Sendable, Equatable, Codable {
    /// Its name, as Transformers spells it.
    public var name: String
    /// How it lies: `int8`, `int4`, `BF16`, `F32`.
    public var form: String
    /// Sizes, slowest first.
    public var shape: [Int]
    /// Where it begins, in bytes from the file's start: a multiple of 64.
    public var offset: Int
    /// Its length.
    public var bytes: Int
    /// The SHA-256 of its bytes, in hexadecimal.
    public var sha256: String
    /// What packing lost; nothing where every number is as it was.
    public var error: PackingError?

    /// Describes a weight.
    public init(
        name: String,
        form: String,
        shape: [Int],
        offset: Int,
        bytes: Int,
        sha256: String,
        error: PackingError? = nil
    ) {
        self.name = name
        self.form = form
        self.shape = shape
        self.offset = offset
        self.bytes = bytes
        self.sha256 = sha256
        self.error = error
    }
}

/// How far packed weights are from what they were: `|W - W'| / |W|`, by the sums of squares.
public struct PackingError: Sendable, Equatable, Codable {
    /// Of the whole matrix.
    public var relative: Double
    /// Of the row that has lost most.
    public var worstRow: Double

    /// Reports an error.
    public init(relative: Double, worstRow: Double) {
        self.relative = relative
        self.worstRow = worstRow
    }

    private enum CodingKeys: String, CodingKey {
        case relative
        case worstRow = "worst_row"
    }
}

extension PackedForm: Codable {}

extension PackedContents {
    /// The table as it is written.
    ///
    /// - Returns: JSON, the same for the same table.
    /// - Throws: `EncodingError` where an error of a weight is no finite number, which JSON does not have.
    public func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }

    /// Reads a table; nothing of it has been held against the file.
    ///
    /// - Parameter json: The JSON.
    /// - Returns: The table; nil for what is none.
    static func decoded(_ json: [UInt8]) -> PackedContents? {
        try? JSONDecoder().decode(PackedContents.self, from: Data(json))
    }
}
