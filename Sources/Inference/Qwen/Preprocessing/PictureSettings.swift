internal import FoundationEssentials

/// How pictures are resized, normalised and cut into patches: `preprocessor_config.json` and its
/// sister for videos.
///
/// The limits are areas in pixels, although the files call them edges.
public struct PictureSettings: Sendable, Equatable {
    /// Area below which a picture is enlarged.
    public var fewestPixels: Int
    /// Area above which a picture is made smaller.
    public var mostPixels: Int
    /// Side of a patch in pixels.
    public var patchSize: Int
    /// Frames in a patch.
    public var temporalPatchSize: Int
    /// Side, in patches, of the square that becomes one token.
    public var mergeSize: Int
    /// Taken from each channel, of a range of 0 to 1.
    public var mean: [Double]
    /// What each channel is divided by afterwards.
    public var standardDeviation: [Double]

    /// The settings of the published Qwen3-VL models for still pictures.
    public static let stillPictures = PictureSettings(fewestPixels: 65_536, mostPixels: 16_777_216)
    /// The settings of the published Qwen3-VL models for videos: areas count all frames.
    public static let videos = PictureSettings(fewestPixels: 4096, mostPixels: 25_165_824)

    /// Makes settings; what is left out is as in the published models.
    public init(
        fewestPixels: Int,
        mostPixels: Int,
        patchSize: Int = 16,
        temporalPatchSize: Int = 2,
        mergeSize: Int = 2,
        mean: [Double] = [0.5, 0.5, 0.5],
        standardDeviation: [Double] = [0.5, 0.5, 0.5]
    ) {
        precondition(patchSize > 0 && temporalPatchSize > 0 && mergeSize > 0)
        precondition(mean.count == 3 && standardDeviation.count == 3)
        self.fewestPixels = fewestPixels
        self.mostPixels = mostPixels
        self.patchSize = patchSize
        self.temporalPatchSize = temporalPatchSize
        self.mergeSize = mergeSize
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    /// Side in pixels of the square that becomes one token; both sides of a picture are multiples of it.
    public var tokenSide: Int { patchSize * mergeSize }
    /// Values of one patch: channels, frames, rows, columns.
    public var patchWidth: Int { 3 * temporalPatchSize * patchSize * patchSize }

    // MARK: - Reading

    /// The longest file that is looked at; published ones have 400 bytes.
    private static let longestFile = 1 << 20

    /// Reads the text of a settings file.
    ///
    /// Keys that are missing are taken from `defaults`. `min_pixels` and `max_pixels`, the older
    /// spelling, win over `size`, as in the reference.
    ///
    /// - Parameters:
    ///   - json: The file's bytes.
    ///   - defaults: ``stillPictures`` or ``videos``.
    /// - Throws: ``PreprocessingFault/unreadableSettings(cause:)`` or
    ///   ``PreprocessingFault/unsupportedSetting(key:found:expected:)``.
    public init(json: [UInt8], defaults: PictureSettings) throws(PreprocessingFault) {
        guard json.count <= Self.longestFile else {
            throw .unreadableSettings(
                cause: "\(json.count) bytes, the limit is \(Self.longestFile)"
            )
        }
        let file: SettingsFile
        do {
            file = try JSONDecoder().decode(SettingsFile.self, from: Data(json))
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(
            _,
            let context
        )
        {
            let key = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw .unsupportedSetting(
                key: key,
                found: "a value of another type",
                expected: "the type of the published files"
            )
        } catch {
            throw .unreadableSettings(cause: "not a JSON object")
        }
        try file.checkUnchanging()
        self = try file.settings(defaults: defaults)
    }
}

/// The keys that matter, spelled as upstream spells them.
private struct SettingsFile: Decodable {
    struct Size: Decodable {
        var longest_edge: Int?
        var shortest_edge: Int?
    }

    var size: Size?
    var min_pixels: Int?
    var max_pixels: Int?
    var patch_size: Int?
    var temporal_patch_size: Int?
    var merge_size: Int?
    var image_mean: [Double]?
    var image_std: [Double]?
    var resample: Int?
    var rescale_factor: Double?
    var do_resize: Bool?
    var do_rescale: Bool?
    var do_normalize: Bool?
    var do_convert_rgb: Bool?

    /// Pillow's number of bicubic interpolation.
    private static let bicubic = 3

    /// Refuses what would make other pixels than those that are made here.
    func checkUnchanging() throws(PreprocessingFault) {
        if let resample, resample != Self.bicubic {
            throw .unsupportedSetting(
                key: "resample",
                found: "\(resample)",
                expected: "3 (bicubic)"
            )
        }
        if let rescale_factor, abs(rescale_factor * 255 - 1) > 1e-6 {
            throw .unsupportedSetting(
                key: "rescale_factor",
                found: "\(rescale_factor)",
                expected: "1/255"
            )
        }
        let switches = [
            ("do_resize", do_resize), ("do_rescale", do_rescale), ("do_normalize", do_normalize),
            ("do_convert_rgb", do_convert_rgb),
        ]
        for (key, value) in switches where value == false {
            throw .unsupportedSetting(key: key, found: "false", expected: "true")
        }
    }

    func settings(defaults: PictureSettings) throws(PreprocessingFault) -> PictureSettings {
        /// Larger numbers than any model has would overflow further on.
        func checked(
            _ key: String,
            _ value: Int?,
            _ range: ClosedRange<Int>,
            _ fallback: Int
        ) throws(PreprocessingFault) -> Int {
            guard let value else { return fallback }
            guard range.contains(value) else {
                throw .unsupportedSetting(
                    key: key,
                    found: "\(value)",
                    expected: "\(range.lowerBound) to \(range.upperBound)"
                )
            }
            return value
        }
        func channels(
            _ key: String,
            _ values: [Double]?,
            _ fallback: [Double],
            mayBeZero: Bool
        ) throws(PreprocessingFault) -> [Double] {
            guard let values else { return fallback }
            guard values.count == 3, values.allSatisfy({ $0.isFinite && (mayBeZero || $0 > 0) })
            else {
                throw .unsupportedSetting(
                    key: key,
                    found: "\(values)",
                    expected: "three numbers\(mayBeZero ? "" : " above zero")"
                )
            }
            return values
        }
        let areas = 1...(1 << 40)
        // A foreign file that has every speck enlarged to gigabytes is refused; published models ask for 65 536.
        let leastAreas = 1...(1 << 24)
        return PictureSettings(
            fewestPixels: try checked(
                "min_pixels",
                min_pixels ?? size?.shortest_edge,
                leastAreas,
                defaults.fewestPixels
            ),
            mostPixels: try checked(
                "max_pixels",
                max_pixels ?? size?.longest_edge,
                areas,
                defaults.mostPixels
            ),
            patchSize: try checked("patch_size", patch_size, 1...256, defaults.patchSize),
            temporalPatchSize: try checked(
                "temporal_patch_size",
                temporal_patch_size,
                1...16,
                defaults.temporalPatchSize
            ),
            mergeSize: try checked("merge_size", merge_size, 1...16, defaults.mergeSize),
            mean: try channels("image_mean", image_mean, defaults.mean, mayBeZero: true),
            standardDeviation: try channels(
                "image_std",
                image_std,
                defaults.standardDeviation,
                mayBeZero: false
            )
        )
    }
}
