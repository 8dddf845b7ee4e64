import Qwen
import Testing

@Suite struct PictureSettingsTests {
    private static func read(_ json: String) throws(PreprocessingFault) -> PictureSettings {
        try PictureSettings(json: Array(json.utf8), defaults: .stillPictures)
    }

    @Test func `a published file is read`() throws {
        let settings = try Self.read(
            """
            {"size": {"longest_edge": 40960, "shortest_edge": 4096}, "patch_size": 14,
             "temporal_patch_size": 4, "merge_size": 3, "image_mean": [0.4, 0.5, 0.6],
             "image_std": [0.1, 0.2, 0.3], "processor_class": "Qwen3VLProcessor",
             "image_processor_type": "Qwen2VLImageProcessorFast", "do_resize": true,
             "rescale_factor": 0.00392156862745098, "resample": 3}
            """
        )
        let expected = PictureSettings(
            fewestPixels: 4096,
            mostPixels: 40960,
            patchSize: 14,
            temporalPatchSize: 4,
            mergeSize: 3,
            mean: [0.4, 0.5, 0.6],
            standardDeviation: [0.1, 0.2, 0.3]
        )
        #expect(settings == expected)
        #expect(settings.tokenSide == 42)
        #expect(settings.patchWidth == 3 * 4 * 14 * 14)
    }

    @Test func `what a file does not say is as published`() throws {
        #expect(try Self.read("{}") == .stillPictures)
        #expect(
            try PictureSettings(json: Array("{}".utf8), defaults: .videos).mostPixels == 25_165_824
        )
    }

    @Test func `the older spelling of the limits wins`() throws {
        let settings = try Self.read(
            #"{"min_pixels": 3136, "max_pixels": 12845056, "size": {"longest_edge": 7, "shortest_edge": 7}}"#
        )
        #expect(settings.fewestPixels == 3136)
        #expect(settings.mostPixels == 12_845_056)
    }

    @Test(arguments: [
        (#"{"resample": 2}"#, "resample"), (#"{"rescale_factor": 0.0078125}"#, "rescale_factor"),
        (#"{"do_resize": false}"#, "do_resize"), (#"{"do_normalize": false}"#, "do_normalize"),
        (#"{"patch_size": 0}"#, "patch_size"),
        (#"{"patch_size": 4611686018427387904}"#, "patch_size"),
        (#"{"merge_size": -2}"#, "merge_size"), (#"{"image_std": [0.5, 0, 0.5]}"#, "image_std"),
        (#"{"image_mean": [0.5]}"#, "image_mean"), (#"{"patch_size": "16"}"#, "patch_size"),
        (#"{"size": {"longest_edge": 0}}"#, "max_pixels"),
    ])
    func `a setting that would make other pixels is refused by its name`(json: String, key: String)
    {
        let fault = #expect(throws: PreprocessingFault.self) { try Self.read(json) }
        guard case .unsupportedSetting(let named, _, _) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(named == key)
    }

    @Test(arguments: ["", "[", "[]", "7", String(repeating: "[", count: 100_000)])
    func `what is no object of settings is refused`(json: String) {
        #expect(throws: PreprocessingFault.self) { try Self.read(json) }
    }

    @Test func `mean and deviation are applied to each channel`() throws {
        let settings = PictureSettings(
            fewestPixels: 1,
            mostPixels: 1 << 20,
            mean: [0, 0.5, 1],
            standardDeviation: [1, 0.5, 0.25]
        )
        let picture = RGBPicture(
            width: 32,
            height: 32,
            pixels: (0..<1024).flatMap { _ in [UInt8(51), 51, 51] }
        )
        let patches = try PicturePreprocessor(settings).patches(ofResized: picture)
        #expect(patches.values[0] == Float(51) / 255)
        #expect(patches.values[512] == Float(51 - 127.5) / 127.5)
        #expect(patches.values[1024] == Float(51 - 255) / Float(0.25 * 255))
    }
}
