/// A model's name on a hub, `owner/name`.
public struct ModelName: Hashable, Sendable, CustomStringConvertible {
    /// Who publishes it.
    public let owner: String
    /// What it is called there.
    public let name: String

    /// Both, as a person writes them.
    public var description: String { "\(owner)/\(name)" }

    /// Reads `owner/name`.
    ///
    /// - Parameter text: Two words of letters, digits, `-`, `_` and `.`, with one slash between.
    /// - Throws: ``ModelStoreFault/notAName(_:)`` for anything else: the words become names of folders.
    public init(_ text: String) throws(ModelStoreFault) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy(Self.isFolderName),
            !StoreFolder.reservedEndings.contains(where: parts[1].hasSuffix)
        else { throw .notAName(text) }
        owner = parts[0]
        name = parts[1]
    }

    private static func isFolderName(_ word: String) -> Bool {
        guard let first = word.utf8.first, word.utf8.count <= 96 else { return false }
        return first != UInt8(ascii: ".") && first != UInt8(ascii: "-")
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
