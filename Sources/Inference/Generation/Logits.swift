internal import Glibc
public import Tokenization

/// What a pass of a model gave: the logits after each token that it was fed.
///
/// `@unchecked Sendable`: the model fills it before anybody else has it; after that it is only read.
@safe public final class Logits: @unchecked Sendable {
    /// Tokens that were fed.
    public let rowCount: Int
    /// Logits after each: rows of the model's table, padding rows included.
    public let vocabularySize: Int

    private let memory: UnsafeMutablePointer<Float>

    /// Makes room for logits, which are not set to anything.
    ///
    /// - Parameters:
    ///   - rows: Tokens that are fed.
    ///   - vocabularySize: Logits after each.
    /// - Throws: ``GenerationFault/outOfMemory(bytes:)``.
    public init(rows: Int, vocabularySize: Int) throws(GenerationFault) {
        precondition(rows >= 0 && vocabularySize >= 0)
        let count = rows * vocabularySize
        let bytes = count * MemoryLayout<Float>.stride
        var memory: UnsafeMutableRawPointer?
        guard unsafe posix_memalign(&memory, 64, max(64, bytes)) == 0, let memory = unsafe memory
        else { throw .outOfMemory(bytes: bytes) }
        rowCount = rows
        self.vocabularySize = vocabularySize
        unsafe self.memory = memory.bindMemory(to: Float.self, capacity: count)
    }

    /// Takes logits that were computed elsewhere.
    ///
    /// - Parameter rows: As many after each token.
    /// - Throws: ``GenerationFault/outOfMemory(bytes:)``.
    public convenience init(_ rows: [[Float]]) throws(GenerationFault) {
        let width = rows.first?.count ?? 0
        precondition(rows.allSatisfy { $0.count == width }, "rows are of one length")
        try self.init(rows: rows.count, vocabularySize: width)
        for (index, row) in rows.enumerated() {
            for (column, logit) in row.enumerated() { unsafe self.row(index)[column] = logit }
        }
    }

    deinit { unsafe free(memory) }

    /// Where the logits after a token lie, for the model that fills them.
    ///
    /// - Parameter row: Which token, from 0.
    /// - Returns: `[vocabularySize]`, good while this is held.
    @unsafe public func row(_ row: Int) -> UnsafeMutablePointer<Float> {
        precondition(row >= 0 && row < rowCount, "no such row")
        return unsafe memory + row * vocabularySize
    }

    /// The logits after a token.
    public subscript(row: Int) -> LogitsRow {
        precondition(row >= 0 && row < rowCount, "no such row")
        return LogitsRow(logits: self, row: row)
    }
}

/// The logits after one token.
public struct LogitsRow: Sendable {
    fileprivate let logits: Logits
    fileprivate let row: Int

    /// How many there are.
    public var count: Int { logits.vocabularySize }

    /// The logit of a token.
    public subscript(token: TokenID) -> Float {
        precondition(token >= 0 && token < count, "no such token")
        return unsafe logits.row(row)[Int(token)]
    }

    /// All of them, `[count]`.
    public var elements: [Float] { unsafe withValues { unsafe Array($0) } }

    func withValues<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
        withExtendedLifetime(logits) {
            unsafe body(UnsafeBufferPointer(start: logits.row(row), count: count))
        }
    }

    /// The first logit that is no number or infinite.
    var firstNotFinite: TokenID? {
        unsafe withValues { values in
            // All exponents at once: one is all ones only in what is not finite, and carries into the sign's place.
            var carried: UInt32 = 0
            for index in 0..<count {
                unsafe carried |= (values[index].bitPattern & 0x7F80_0000) &+ 0x0080_0000
            }
            guard carried >> 31 != 0 else { return nil }
            return unsafe values.firstIndex { !$0.isFinite }.map { TokenID($0) }
        }
    }
}
