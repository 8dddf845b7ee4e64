import Qwen
import SystemPackage
import Tensors

extension Fault {
    /// What to do about a damaged file: a packed one is made anew, any other is pulled again.
    static func again(_ file: FilePath) -> String {
        packedFile(file).map(remake) ?? "pull the model again"
    }

    /// The same of one that is not whole.
    private static func goOn(_ file: FilePath) -> String {
        packedFile(file).map(remake) ?? "pull the model again, it goes on with what is there"
    }

    private static func otherFile(_ file: FilePath) -> String {
        packedFile(file).map(remake)
            ?? "pull another file of the model (F16, BF16, Q8_0, Q6_K, Q5_K, Q4_K or Q4_0), or quantise it again"
    }

    /// The words for weights that cannot be had.
    init(weights fault: WeightFault) {
        self.init(.noInput, Self.words(fault))
    }

    private static func words(_ fault: WeightFault) -> String {
        switch fault {
        case .unreadable(let file, let errno): unreadable(file, errno)
        case .truncated(let file, let needed, let found):
            "\(file): cut short, \(found) of \(needed) bytes are there; \(goOn(file))"
        case .duplicateTensor(let file, let tensor):
            "\(file): tensor \(shown(tensor)) is there twice; \(again(file))"
        case .sizeOverflow(let file, let tensor, let shape):
            "\(file): tensor \(shown(tensor)) of shape \(list(shape)) is larger than any file; \(again(file))"
        case .wrongByteCount(let file, let tensor, let expected, let found):
            "\(file): tensor \(shown(tensor)) has \(found) bytes, its shape and type need \(expected); \(again(file))"
        case .overlap(let file, let tensor, let other):
            "\(file): tensor \(shown(tensor)) begins inside \(shown(other)); \(again(file))"
        case .unsupportedType(let file, let tensor, let type):
            "\(file): tensor \(shown(tensor)) is of type \(shown(type)), which is not run; \(otherFile(file))"
        default: safetensors(fault)
        }
    }

    private static func unreadable(_ file: FilePath, _ errno: Errno) -> String {
        switch errno {
        case .noSuchFileOrDirectory:
            "\(file): no such file; \(goOn(file))"
        case .invalidArgument: "\(file): not a file that can be read"
        default: "\(file): cannot be read (\(errno)); check its permissions"
        }
    }

    private static func safetensors(_ fault: WeightFault) -> String {
        switch fault {
        case .headerTooLong(let file, let count, let limit):
            "\(file): its header would have \(count) bytes, the limit is \(limit): not such a file, or damaged; \(again(file))"
        case .malformedHeader(let file, let offset, let problem):
            "\(file): \(words(problem)) at byte \(offset); \(again(file))"
        case .unclaimedBytes(let file, let tensor, let count):
            tensor.map {
                "\(file): \(count) bytes before tensor \(shown($0)) belong to none; \(again(file))"
            }
                ?? "\(file): \(count) bytes more than its tensors have; \(again(file))"
        case .noWeights(let folder):
            "\(folder): no weights in it; expected model.safetensors, or shards with \(SafetensorsDirectory.indexName)"
        case .shardOutsideFolder(let index, let shard):
            "\(index): names \(shown(shard)), which is no plain name of a file in its folder; \(again(index))"
        case .missingShard(let folder, let shard):
            "\(folder): \(shown(shard)) is missing; pull the model again, it goes on with what is there"
        case .tensorInNoShard(let index, let tensor, let shard):
            "\(index): \(shown(shard)) should have tensor \(shown(tensor)) and does not; \(again(index))"
        case .tensorInTwoShards(let tensor, let first, let second):
            "\(second): tensor \(shown(tensor)) is in \(first) too; remove the file that is not of this model"
        default: gguf(fault)
        }
    }

    private static func gguf(_ fault: WeightFault) -> String {
        switch fault {
        case .notGGUF(let file): "\(file): not a GGUF file; check what it is, or \(again(file))"
        case .bigEndianGGUF(let file):
            "\(file): written for big-endian machines; pull the file for little-endian ones"
        case .unsupportedGGUFVersion(let file, let version):
            "\(file): GGUF version \(version), and 2 and 3 are read; convert it with a current llama.cpp"
        case .impossibleCount(let file, let what, let count, let limit):
            "\(file): \(count) \(words(what)), at most \(limit) are possible here; \(again(file))"
        case .unknownValueType(let file, let key, let type):
            "\(file): \(shown(key)) is of type \(type), which the format does not have; \(again(file))"
        case .duplicateKey(let file, let key):
            "\(file): \(shown(key)) is there twice; \(again(file))"
        case .unusableValue(let file, let key):
            "\(file): \(shown(key)) is not what the format expects there; \(again(file))"
        case .invalidText(let file, let offset):
            "\(file): the text at byte \(offset) is not UTF-8; \(again(file))"
        case .unalignedTensor(let file, let tensor, let offset, let alignment):
            "\(file): tensor \(shown(tensor)) begins at \(offset), no multiple of \(alignment); \(again(file))"
        case .partialBlock(let file, let tensor, let row, let block):
            "\(file): tensor \(shown(tensor)) has rows of \(row) in blocks of \(block); \(again(file))"
        case .missingParts(let file, let parts):
            "\(file): a part of a split file, and \(some(parts)) \(parts.count == 1 ? "is" : "are") missing; "
                + "put all parts into one folder"
        default: packed(fault)
        }
    }

    private static func words(_ problem: WeightFault.HeaderProblem) -> String {
        switch problem {
        case .syntax: "the header is not what the format expects"
        case .text: "the header has text that is not UTF-8"
        case .duplicateKey: "the header has a key twice"
        case .number: "the header has a number that is no whole number from 0, or too large"
        case .incompleteTensor: "a tensor of the header lacks type, shape or range"
        case .dimensions: "a tensor of the header has too many dimensions"
        case .depth: "the header is nested deeper than any"
        case .nameLength: "the header has a name longer than any"
        }
    }

    private static func words(_ what: WeightFault.CountedThing) -> String {
        switch what {
        case .metadata: "values of metadata"
        case .tensors: "tensors"
        case .dimensions: "dimensions"
        case .size: "as the size of a dimension"
        case .elements: "elements of an array"
        case .text: "bytes of text"
        case .nesting: "arrays in each other"
        case .parts: "parts"
        }
    }

    /// The words for a model that cannot be run.
    init(qwen fault: QwenFault, file: String) {
        switch fault {
        case .weights(let fault): self.init(weights: fault)
        default: self.init(.noInput, Self.words(fault, file: file))
        }
    }

    private static func words(_ fault: QwenFault, file: String) -> String {
        switch fault {
        case .unreadable(let file, let errno): unreadable(file, errno)
        case .fileTooLong(let file, let count, let limit):
            "\(file): \(count) bytes, no such file has more than \(limit); \(again(file))"
        case .malformedConfiguration:
            "\(file): not the JSON object that it should be; \(again(FilePath(file)))"
        case .unsupportedArchitecture(let found, let supported):
            "\(file): a model of architecture \(shown(found)), and \(some(supported)) are run; choose another model"
        case .unsupportedValue(let key, let found, let supported):
            "\(file): \(shown(key)) is \(shown(found)), and only \(supported) is run; choose another model"
        case .impossibleValue(let key, let found, let expected):
            "\(file): \(shown(key)) is \(shown(found)), expected \(expected); \(again(FilePath(file)))"
        case .missingValue(let key): "\(file): \(shown(key)) is missing; \(again(FilePath(file)))"
        case .missingTensor(let source, let tensor, let expected):
            "\(source): tensor \(tensor) \(list(expected)) is missing; \(again(source))"
        case .wrongShape(let source, let tensor, let found, let expected):
            "\(source): tensor \(tensor) is \(list(found)), its configuration says \(list(expected)); \(again(source))"
        case .unrelatedFiles(let first, let second, let key):
            "\(second): not the vision tower of \(first), they differ in \(shown(key)); "
                + "take both from one model"
        default: "\(file): \(fault)"
        }
    }

    /// A foreign file's word: short, and nothing in it that a terminal would obey.
    static func shown(_ word: String) -> String {
        let plain = word.unicodeScalars.prefix(200).map { scalar in
            scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || scalar.properties.generalCategory == .format ? "\u{FFFD}" : String(scalar)
        }
        return plain.joined()
    }

    /// A shape.
    private static func list(_ shape: [Int]) -> String {
        "[" + shape.prefix(8).map(String.init).joined(separator: ", ")
            + (shape.count > 8 ? ", …" : "") + "]"
    }
}
