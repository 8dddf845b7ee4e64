import Foundation
import SystemPackage
import Tensors
import Testing

@testable import parity

@Suite struct WeightFormatTests {
    private static let recordings = FilePath(#filePath)
        .removingLastComponent().removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("fixtures/models")

    @Test func `the rivals' formats round as the gguf package does`() {
        let row = (0..<40).map { Float($0 * $0 * 7 % 31 - 13) / 8 }
        #expect(BlockRounding.q8_0.rounded(row, depth: 40) == Self.rounded8)
        #expect(BlockRounding.q4_0.rounded(row, depth: 40) == Self.rounded4)
    }

    @Test func `each row's blocks are its own`() {
        let one = (0..<33).map { Float($0) }
        let other = (0..<33).map { Float(-2 * $0) }
        for rounding in [BlockRounding.q8_0, .q4_0] {
            #expect(
                rounding.rounded(one + other, depth: 33)
                    == rounding.rounded(one, depth: 33) + rounding.rounded(other, depth: 33)
            )
        }
    }

    @Test(arguments: [PackedForm?.none, .int8])
    func `stages of any model can be written and read again`(form: PackedForm?) async throws {
        let folder = GoldenFolder(path: Self.recordings)
        let recorded = try folder.read(GoldenCase.self, "cases/qwen3-tiny/chat.json")
        let arrays = try GoldenArrays(
            folder.goldens.appending("cases/qwen3-tiny/chat.safetensors")
        )
        let place = FileManager.default.temporaryDirectory
            .appendingPathComponent("stages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        let inputs = place.appendingPathComponent("inputs.safetensors")
        try Self.file(ofTokens: recorded.input_ids).write(to: inputs)

        let output = FilePath(place.path).appending("stages.safetensors")
        try await StageDump(
            model: folder.checkpoints.appending("qwen3-tiny"),
            precision: .float32,
            form: form
        ).write(inputs: FilePath(inputs.path), to: output)

        let stages = try GoldenArrays(output)
        #expect(try stages.shape("logits")[0] == recorded.input_ids.count)
        let error = largestDifference(
            try stages.floats("hidden.2"),
            try arrays.floats("hidden.2")
        )
        #expect(form == nil ? error < 1e-3 : error > 1e-2 && error < 10)
    }

    /// A safetensors file of nothing but tokens.
    private static func file(ofTokens tokens: [Int32]) -> Data {
        let length = 4 * tokens.count
        let header = """
            {"tokens":{"dtype":"I32","shape":[\(tokens.count)],"data_offsets":[0,\(length)]}}
            """
        var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        data += Data(header.utf8)
        tokens.withUnsafeBytes { data += $0 }
        return data
    }

    // `gguf.quants.dequantize(gguf.quants.quantize(row, kind), kind)` of the Python package gguf 0.19.0, the row filled up with zeros.
    private static let rounded8: [Float] = [
        -1.6239166259765625, -0.7529067993164062, 1.8748855590820312, -1.5058135986328125,
        0.7529067993164062, 0.8710098266601562, -1.121978759765625, -1.3729476928710938,
        0.11810302734375, -0.5019378662109375, 0.6200408935546875, -0.36907196044921875,
        0.36907196044921875, -1.003875732421875, -0.6200408935546875, 1.5058135986328125,
        1.5058135986328125, -0.6200408935546875, -1.003875732421875, 0.36907196044921875,
        -0.36907196044921875, 0.6200408935546875, -0.5019378662109375, 0.11810302734375,
        -1.3729476928710938, -1.121978759765625, 0.8710098266601562, 0.7529067993164062,
        -1.5058135986328125, 1.8748855590820312, -0.7529067993164062, -1.6239166259765625,
        -0.7529067993164062, 1.8748855590820312, -1.5058135986328125, 0.7529067993164062,
        0.8710098266601562, -1.121978759765625, -1.3729476928710938, 0.11810302734375,
    ]
    private static let rounded4: [Float] = [
        -1.640625, -0.703125, 1.875, -1.40625, 0.703125, 0.9375, -1.171875, -1.40625, 0.234375,
        -0.46875, 0.703125, -0.46875, 0.46875, -0.9375, -0.703125, 1.40625, 1.40625, -0.703125,
        -0.9375, 0.46875, -0.46875, 0.703125, -0.46875, 0.234375, -1.40625, -1.171875, 0.9375,
        0.703125, -1.40625, 1.875, -0.703125, -1.640625, -0.703125, 1.875, -1.40625, 0.703125,
        0.9375, -1.171875, -1.40625, 0.234375,
    ]
}
