/// A tensor in a mapped file: where it lies, not a copy of it.
public struct WeightTensor: Sendable {
    /// The name in the file.
    public let name: String
    /// How it lies there.
    public let form: WeightForm
    /// Sizes, slowest dimension first: `[out, in]` for a linear layer.
    public let shape: [Int]
    /// The file that it lies in; mapped as long as any tensor of it is held.
    public let file: MappedFile
    /// Where it begins, in bytes from the file's start; any alignment.
    public let offset: Int
    /// Its length.
    public let byteCount: Int

    /// How its elements are written; nil where they lie in panels.
    public var elementType: ElementType? { form.elementType }

    /// Describes a tensor whose range has been checked against the file.
    public init(
        name: String,
        form: WeightForm,
        shape: [Int],
        file: MappedFile,
        offset: Int,
        byteCount: Int
    ) {
        precondition(offset >= 0 && byteCount >= 0 && offset <= file.count - byteCount)
        self.name = name
        self.form = form
        self.shape = shape
        self.file = file
        self.offset = offset
        self.byteCount = byteCount
    }

    /// Lends the stored bytes.
    ///
    /// - Parameter body: What to do with them; the pointer is good until it returns.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    @unsafe public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(rebasing: file.bytes[offset..<offset + byteCount]))
    }
}
