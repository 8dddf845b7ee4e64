public import SystemPackage

/// Where a model's weights come from: tensors by name in one or several mapped files.
public protocol WeightSource: Sendable {
    /// The folder or file that they were read from, for messages.
    var path: FilePath { get }
    /// All tensors, in the order of their names; those of types that cannot be run too.
    var storedTensors: [StoredTensor] { get }

    /// Finds a tensor.
    ///
    /// - Parameter name: The name in the file, exactly.
    /// - Returns: Where it lies, or nil when there is none of that name.
    /// - Throws: ``WeightFault/unsupportedType(file:tensor:type:)`` when it is there in a type that cannot be run.
    func tensor(named name: String) throws(WeightFault) -> WeightTensor?
}

/// What a file says about one of its tensors.
public struct StoredTensor: Sendable, Equatable {
    /// The name in the file.
    public let name: String
    /// The file's word for how elements are written: `BF16`, `I64`, `Q4_K`, `IQ2_XS`, `int8`.
    public let typeName: String
    /// The same where the engine can run it.
    public let form: WeightForm?
    /// Sizes, slowest dimension first.
    public let shape: [Int]
    /// The file that it lies in.
    public let file: FilePath
    /// Where it begins, in bytes from the file's start.
    public let offset: Int
    /// Its length.
    public let byteCount: Int

    /// Elements: the product of the sizes, which is known not to overflow.
    public var elementCount: Int { shape.reduce(1, *) }

    /// How elements are written where they lie row after row and the engine can run them.
    public var elementType: ElementType? { form?.elementType }

    /// Describes a tensor.
    public init(
        name: String,
        typeName: String,
        form: WeightForm?,
        shape: [Int],
        file: FilePath,
        offset: Int,
        byteCount: Int
    ) {
        self.name = name
        self.typeName = typeName
        self.form = form
        self.shape = shape
        self.file = file
        self.offset = offset
        self.byteCount = byteCount
    }
}
