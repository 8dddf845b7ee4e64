import FoundationEssentials
import SystemPackage
import Tensors

/// A folder of files that a test writes; it goes with the test.
final class WrittenFolder {
    let path: FilePath

    init() throws {
        let name = "docket-tensors-" + UUID().uuidString
        path = FilePath(FileManager.default.temporaryDirectory.path).appending(name)
        try FileManager.default.createDirectory(
            atPath: path.string,
            withIntermediateDirectories: true
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path.string)
    }

    /// Writes a file and says where it is.
    @discardableResult
    func write(_ bytes: [UInt8], as name: String) throws -> FilePath {
        let file = path.appending(name)
        try Data(bytes).write(to: URL(filePath: file.string))
        return file
    }
}

/// The fault that an action ends with; nil when it ends well.
func fault(of action: () throws(WeightFault) -> Void) -> WeightFault? {
    do {
        try action()
        return nil
    } catch {
        return error
    }
}

/// The elements of a tensor of 32-bit numbers.
func floats(_ tensor: WeightTensor) -> [Float] {
    unsafe tensor.withBytes { bytes in
        unsafe (0..<bytes.count / 4).map {
            unsafe Float(
                bitPattern: UInt32(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)
                )
            )
        }
    }
}

extension Array<UInt8> {
    /// Appends an integer, low byte first.
    mutating func append(little integer: some FixedWidthInteger) {
        for byte in 0..<integer.bitWidth / 8 {
            append(UInt8(truncatingIfNeeded: integer >> (8 * byte)))
        }
    }

    /// 32-bit numbers as files hold them.
    init(floats: [Float]) {
        self = []
        for number in floats { append(little: number.bitPattern) }
    }
}
