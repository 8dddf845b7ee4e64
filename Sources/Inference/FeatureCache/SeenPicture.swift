internal import Crypto
internal import FoundationEssentials
public import Qwen

/// A picture as a model sees it, and what else decides whether another one is the same to it.
public struct SeenPicture: Sendable {
    /// Width and height in pixels.
    public struct Sides: Sendable, Hashable {
        /// Pixels in a row.
        public var width: Int
        /// Rows.
        public var height: Int

        /// Makes sides.
        public init(width: Int, height: Int) {
            self.width = width
            self.height = height
        }
    }

    /// The pixels: upright, of the size that the model sees.
    public let picture: RGBPicture
    /// The page before it was resized.
    public let source: Sides
    /// SHA-256 of the pixels and sides in lower-case hexadecimal: the name of a donor.
    public let key: String
    let keyBytes: [UInt8]
    /// SHA-256 of the digits, so that what was read stands in no file of the cache.
    let digits: [UInt8]?

    /// Collects a picture.
    ///
    /// - Parameters:
    ///   - picture: The pixels: upright, of the size that the model sees.
    ///   - digits: The digits that were read from it, in reading order; nil where nobody read it, and then a page that was much
    ///     reduced is served only to, and from, the same pixels.
    ///   - source: The page before it was resized; nil where it was not.
    public init(_ picture: RGBPicture, digits: String?, source: Sides? = nil) {
        self.picture = picture
        self.source = source ?? Sides(width: picture.width, height: picture.height)
        var hash = SHA256()
        hash.update(data: Array("docket picture \(picture.width) \(picture.height)\n".utf8))
        hash.update(data: picture.pixels)
        keyBytes = Array(hash.finalize())
        key = Hexadecimal.text(keyBytes)
        self.digits = digits.map { Array(SHA256.hash(data: Array($0.utf8))) }
    }

    /// How many pixels of the page became one each way.
    var reduction: Float {
        (Float(source.width) * Float(source.height) / Float(picture.width * picture.height))
            .squareRoot()
    }

    var sides: Sides { Sides(width: picture.width, height: picture.height) }
}

/// Bytes as two digits each.
enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }

    /// The bytes that ``text(_:)`` has written so; nil where it cannot have.
    static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
        let values = digits.compactMap { $0.map { UInt8($0) } }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }
}
