import SystemPackage
import Tensors
import Testing

@testable import Qwen

/// Pairs of GGUF files that are no model.
@Suite struct GGUFConfigurationTests {
    private static let files = ModelInspectionTests.fixtures.appending("gguf")

    @Test func `a vision tower of another model is refused`() throws {
        let text = try GGUFFile(Self.files.appending("qwen3-vl-tiny-bf16.gguf"))
        let vision = try GGUFFile(Self.files.appending("qwen3-vl-wide-mixed-mmproj.gguf"))
        #expect(
            throws: QwenFault.unrelatedFiles(
                first: text.path,
                second: vision.path,
                key: "qwen3vl.embedding_length"
            )
        ) {
            try ModelConfiguration(gguf: text, vision: vision)
        }
    }

    @Test func `files of other architectures are named`() throws {
        let vision = try GGUFFile(Self.files.appending("qwen3-vl-tiny-bf16-mmproj.gguf"))
        #expect(
            throws: QwenFault.unsupportedArchitecture(
                found: "clip",
                supported: ["qwen2", "qwen3", "qwen3vl"]
            )
        ) {
            try ModelConfiguration(gguf: vision, vision: nil)
        }
        let text = try GGUFFile(Self.files.appending("small.gguf"))
        #expect(
            throws: QwenFault.unsupportedArchitecture(found: "qwen3", supported: ["clip"])
        ) {
            try VisionConfiguration(gguf: text)
        }
    }
}
