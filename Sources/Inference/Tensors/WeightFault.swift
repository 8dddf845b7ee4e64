public import SystemPackage

/// Why weights cannot be had from a file.
public enum WeightFault: Error, Equatable, Sendable {
    // MARK: Any file

    /// The system would not give the file.
    case unreadable(file: FilePath, errno: Errno)
    /// The file ends before what it announces; `needed` and `found` are bytes of the whole file.
    case truncated(file: FilePath, needed: Int, found: Int)
    /// Two tensors have one name.
    case duplicateTensor(file: FilePath, tensor: String)
    /// Sizes whose product no file can hold.
    case sizeOverflow(file: FilePath, tensor: String, shape: [Int])
    /// A tensor's bytes are not as many as its shape and type need.
    case wrongByteCount(file: FilePath, tensor: String, expected: Int, found: Int)
    /// A tensor begins inside another.
    case overlap(file: FilePath, tensor: String, other: String)
    /// A tensor is there in a type that the engine does not run.
    case unsupportedType(file: FilePath, tensor: String, type: String)

    // MARK: Safetensors

    /// The announced length of the header is none.
    case headerTooLong(file: FilePath, byteCount: UInt64, limit: Int)
    /// The header is not the JSON that it should be.
    case malformedHeader(file: FilePath, offset: Int, problem: HeaderProblem)
    /// Bytes that belong to no tensor, before the named one, or at the end of the file.
    case unclaimedBytes(file: FilePath, before: String?, count: Int)

    // MARK: Folders of safetensors

    /// Neither an index nor a file of weights is in the folder.
    case noWeights(folder: FilePath)
    /// The index names a file that is not a plain name in its own folder.
    case shardOutsideFolder(index: FilePath, shard: String)
    /// A shard that is needed is not there.
    case missingShard(folder: FilePath, shard: String)
    /// The index lists a tensor that no file has.
    case tensorInNoShard(index: FilePath, tensor: String, shard: String)
    /// Two shards have one tensor.
    case tensorInTwoShards(tensor: String, first: FilePath, second: FilePath)

    // MARK: GGUF

    /// The file does not begin as GGUF does.
    case notGGUF(file: FilePath)
    /// The file was written for big-endian machines.
    case bigEndianGGUF(file: FilePath)
    /// A version of the format that is not read.
    case unsupportedGGUFVersion(file: FilePath, version: UInt32)
    /// A count or a length that the rest of the file cannot hold, or that no model needs.
    case impossibleCount(file: FilePath, what: CountedThing, count: UInt64, limit: UInt64)
    /// A type number of metadata that the format does not have.
    case unknownValueType(file: FilePath, key: String, type: UInt32)
    /// Two values have one key.
    case duplicateKey(file: FilePath, key: String)
    /// A value is missing, or of another type or size than it must have.
    case unusableValue(file: FilePath, key: String)
    /// Text that is not UTF-8.
    case invalidText(file: FilePath, offset: Int)
    /// A tensor does not begin at a multiple of the file's alignment.
    case unalignedTensor(file: FilePath, tensor: String, offset: UInt64, alignment: Int)
    /// Rows of a tensor are not whole blocks of its type.
    case partialBlock(file: FilePath, tensor: String, rowLength: Int, blockElements: Int)
    /// Some parts of a file that was split are not there.
    case missingParts(file: FilePath, parts: [String])

    // MARK: Packed files

    /// The file does not begin as packed files do.
    case notPacked(file: FilePath)
    /// The file was written for big-endian machines.
    case bigEndianPacked(file: FilePath)
    /// The file was written by another version, in another layout; ``PackedOrigin`` tells what it was made of.
    case otherPackedLayout(file: FilePath, found: UInt32, supported: UInt32)
    /// Bytes of the file are not what was written.
    case damagedPacked(file: FilePath, PackedPart)

    /// What is wrong with a header of JSON.
    public enum HeaderProblem: String, Sendable {
        /// Not JSON, or not the keys and kinds of values that are expected here.
        case syntax
        /// A string that is not UTF-8.
        case text
        /// A key appears twice in one object.
        case duplicateKey
        /// A number that is no whole number from 0, or too big.
        case number
        /// A tensor without type, shape or range, or with a range that ends before it begins.
        case incompleteTensor
        /// More dimensions than any tensor has.
        case dimensions
        /// Values within values, deeper than any file needs.
        case depth
        /// A name that is too long.
        case nameLength
    }

    /// What of a packed file is damaged.
    public enum PackedPart: Equatable, Sendable {
        /// The first 64 bytes.
        case prefix
        /// The table of contents.
        case contents
        /// A weight or a file in it, by its name.
        case section(String)
    }

    /// What a count counts.
    public enum CountedThing: String, Sendable {
        /// Values of metadata.
        case metadata
        /// Tensors.
        case tensors
        /// Dimensions of a tensor.
        case dimensions
        /// The size of one dimension.
        case size
        /// Elements of an array.
        case elements
        /// Bytes of a text.
        case text
        /// Arrays in arrays.
        case nesting
        /// Parts of a split file.
        case parts
    }
}
