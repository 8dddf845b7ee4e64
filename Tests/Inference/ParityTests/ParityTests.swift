import Foundation
import SystemPackage
import Testing

@testable import parity

@Suite struct ParityTests {
    private static let recordings = FilePath(#filePath)
        .removingLastComponent().removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("fixtures/models")

    @Test func `every recorded stage is computed within its tolerance in float32`() async throws {
        let report = try await Parity(folder: GoldenFolder(path: Self.recordings)).exact()
        #expect(report.failures == [])
        #expect(report.passed > 300)
    }

    @Test func `stages with factors rounded to bfloat16 stay within the reference's own`()
        async throws
    {
        let report = try await Parity(folder: GoldenFolder(path: Self.recordings)).rounded()
        #expect(report.failures == [])
        #expect(report.passed > 200)
    }

    @Test
    func
        `8 bits cost no layer twice what Q8_0 does, 4 bits no more than Q4_0, and tokens that lead clearly stay`()
        async throws
    {
        var report = ParityReport()
        let folder = GoldenFolder(path: Self.recordings)
        let manifest = try folder.read(Manifest.self, "manifest.json")
        try await FormatParity(folder: folder).compare(manifest, into: &report)
        #expect(report.failures == [])
        // Layers and vision blocks, logits and tokens of four checkpoints in both forms.
        #expect(report.passed > 50)
    }

    @Test func `weights and activations that stand out cost no more than they do in Q8_0 and Q4_0`()
        throws
    {
        var report = ParityReport()
        try MatrixParity().compare(into: &report)
        #expect(report.failures == [])
        #expect(report.passed == 64)
    }

    @Test func `one damaged weight fails the stages that it reaches, and only those`() async throws
    {
        let copy = try TemporaryCopy(of: Self.recordings)
        defer { copy.remove() }
        try copy.damage("checkpoints/qwen3-tiny/model.safetensors")
        let report = try await Parity(folder: GoldenFolder(path: copy.path)).exact()
        #expect(report.failed > 0)
        #expect(report.failures.allSatisfy { $0.contains("qwen3-tiny") })
        #expect(report.failures.contains { $0.hasPrefix("checkpoints/") })
        #expect(report.failures.contains { $0.hasPrefix("cases/qwen3-tiny/chat/logits") })
    }

    @Test func `what was recorded and not compared counts as failed`() {
        var report = ParityReport()
        report.expect("one", group: "a", stage: "s")
        report.expect("two", group: "a", stage: "s")
        report.compare("one", error: 0, tolerance: 1)
        #expect(report.passed == 1)
        #expect(report.failures == ["two: not compared"])
    }

    @Test func `not a number and another length are infinitely far off`() {
        #expect(largestDifference([.nan], [0]) == .infinity)
        #expect(largestDifference([1], [1, 2]) == .infinity)
        #expect(largestDifference([1, 2], [1, 2.5]) == 0.5)
    }
}

/// A copy of the recordings that a test may damage.
private struct TemporaryCopy {
    let path: FilePath

    init(of original: FilePath) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("parity-\(UUID().uuidString)")
        try FileManager.default.copyItem(
            at: URL(fileURLWithPath: original.string),
            to: folder
        )
        path = FilePath(folder.path)
    }

    /// Changes the last thousand bytes of a file of weights.
    func damage(_ name: String) throws {
        let url = URL(fileURLWithPath: path.appending(name).string)
        var data = try Data(contentsOf: url)
        for index in data.count - 1000..<data.count { data[index] ^= 0x15 }
        try data.write(to: url)
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path.string)
    }
}
