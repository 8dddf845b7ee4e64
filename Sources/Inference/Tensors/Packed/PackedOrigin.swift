internal import FoundationEssentials
public import SystemPackage

/// What a packed file was made of, and to what: enough to make it anew, also where nothing else of it can be read.
///
/// `precision` and `source.name` mean the same in all layouts, so that a file of another version tells them too.
public struct PackedOrigin: Sendable, Equatable {
    /// What to call the source; nil where the file does not say.
    public let source: String?
    /// What it was packed to; nil where the file does not say, or in a word that is not known here.
    public let precision: PackedForm?

    /// Describes an origin.
    public init(source: String?, precision: PackedForm?) {
        self.source = source
        self.precision = precision
    }

    /// Reads the origin of a file that may be damaged, cut, too long, or of another layout; nil where its table of contents is gone, or
    /// is not what was written.
    ///
    /// - Parameter path: The file.
    public init?(of path: FilePath) {
        guard let file = try? MappedFile(path) else { return nil }
        self.init(file)
    }

    /// Reads the origin of a file that is mapped already.
    ///
    /// - Parameter file: The file.
    public init?(_ file: MappedFile) {
        guard let prefix = try? PackedPrefix(file),
            let offset = Int(exactly: prefix.contentsOffset), offset <= file.count,
            let count = Int(exactly: prefix.contentsCount), count <= file.count - offset,
            count <= PackedLayout.longestContents
        else { return nil }
        let json = unsafe UnsafeRawBufferPointer(rebasing: file.bytes[offset..<offset + count])
        guard unsafe SectionDigest.of(json) == prefix.contentsDigest,
            let lasting = try? unsafe JSONDecoder().decode(LastingContents.self, from: Data(json))
        else { return nil }
        self.init(
            source: lasting.source,
            precision: lasting.precision.flatMap(PackedForm.init(rawValue:))
        )
    }
}

/// The keys of a table of contents that mean the same in all layouts; whatever else is there, or is not, does not matter.
private struct LastingContents: Decodable {
    let precision: String?
    let source: String?

    private enum Key: String, CodingKey {
        case precision, source, name
    }

    init(from decoder: any Decoder) throws {
        let contents = try decoder.container(keyedBy: Key.self)
        precision = try? contents.decode(String.self, forKey: .precision)
        let source = try? contents.nestedContainer(keyedBy: Key.self, forKey: .source)
        self.source = try? source?.decode(String.self, forKey: .name)
    }
}
