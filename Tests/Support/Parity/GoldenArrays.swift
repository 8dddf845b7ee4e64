import Foundation
import SystemPackage
import Tensors

/// The arrays of one recorded file, each read when it is asked for.
struct GoldenArrays {
    let file: SafetensorsFile

    init(_ path: FilePath) throws {
        file = try SafetensorsFile(path)
    }

    /// All names, sorted.
    var names: [String] { file.storedTensors.map(\.name).sorted() }

    private func stored(_ name: String) throws -> StoredTensor {
        guard let tensor = file.storedTensors.first(where: { $0.name == name }) else {
            throw GoldenFault.noArray(name, file: file.path)
        }
        return tensor
    }

    func shape(_ name: String) throws -> [Int] { try stored(name).shape }

    /// An array of 32-bit floats, slowest dimension first.
    func floats(_ name: String) throws -> [Float] {
        let tensor = try stored(name)
        guard tensor.typeName == "F32" else {
            throw GoldenFault.unexpectedType(name, type: tensor.typeName)
        }
        return file.header.file.bytes[tensor.offset..<tensor.offset + tensor.byteCount]
            .withUnsafeBytes { bytes in
                (0..<tensor.elementCount).map {
                    bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
                }
            }
    }

    /// An array of 32-bit integers.
    func integers(_ name: String) throws -> [Int32] {
        let tensor = try stored(name)
        guard tensor.typeName == "I32" else {
            throw GoldenFault.unexpectedType(name, type: tensor.typeName)
        }
        return file.header.file.bytes[tensor.offset..<tensor.offset + tensor.byteCount]
            .withUnsafeBytes { bytes in
                (0..<tensor.elementCount).map {
                    bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)
                }
            }
    }

    /// An array of bytes.
    func bytes(_ name: String) throws -> [UInt8] {
        let tensor = try stored(name)
        guard tensor.typeName == "U8" else {
            throw GoldenFault.unexpectedType(name, type: tensor.typeName)
        }
        return Array(file.header.file.bytes[tensor.offset..<tensor.offset + tensor.byteCount])
    }
}

/// What is wrong with a folder of recordings.
enum GoldenFault: Error, CustomStringConvertible {
    case noArray(String, file: FilePath)
    case unexpectedType(String, type: String)
    case noTolerance(String, checkpoint: String)

    var description: String {
        switch self {
        case .noArray(let name, let file): "\(file) has no array \(name)"
        case .unexpectedType(let name, let type): "array \(name) is of type \(type)"
        case .noTolerance(let stage, let checkpoint):
            "no tolerance is recorded for \(stage) of \(checkpoint)"
        }
    }
}
