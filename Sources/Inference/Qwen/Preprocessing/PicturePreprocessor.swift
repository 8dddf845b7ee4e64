/// Makes patches of pictures and videos: resized, normalised, cut.
public struct PicturePreprocessor: Sendable {
    /// For still pictures.
    public let settings: PictureSettings
    /// For videos.
    public let videoSettings: PictureSettings

    /// Takes settings.
    public init(
        _ settings: PictureSettings = .stillPictures,
        videoSettings: PictureSettings = .videos
    ) {
        self.settings = settings
        self.videoSettings = videoSettings
    }

    // MARK: - Still pictures

    /// The size to which a picture is brought.
    ///
    /// - Parameters:
    ///   - width: Of the picture, from 1.
    ///   - height: Of the picture, from 1.
    ///   - imageTokens: The most tokens that it may become; nil for the model's own limit, which holds in any case.
    ///     A picture more than some 100 times as long as wide may exceed it.
    /// - Returns: Width and height in pixels, whole tokens.
    /// - Throws: ``PreprocessingFault/tooNarrow(width:height:limit:)``.
    public func targetSize(
        width: Int,
        height: Int,
        imageTokens: Int? = nil
    ) throws(PreprocessingFault) -> (width: Int, height: Int) {
        let side = settings.tokenSide
        return try SmartResize.still(
            width: width,
            height: height,
            side: side,
            fewestPixels: settings.fewestPixels,
            mostPixels: Self.most(settings.mostPixels, tokens: imageTokens, pixels: side * side)
        )
    }

    /// The patches of a picture of any size.
    ///
    /// - Parameters:
    ///   - picture: As decoded.
    ///   - imageTokens: As for ``targetSize(width:height:imageTokens:)``.
    /// - Returns: The patches.
    /// - Throws: ``PreprocessingFault/tooNarrow(width:height:limit:)``.
    public func patches(
        for picture: RGBPicture,
        imageTokens: Int? = nil
    ) throws(PreprocessingFault) -> PicturePatches {
        let size = try targetSize(
            width: picture.width,
            height: picture.height,
            imageTokens: imageTokens
        )
        return PicturePatches(
            frames: [BicubicResize.resized(picture, width: size.width, height: size.height)],
            settings: settings
        )
    }

    /// The patches of a picture that has its target size already.
    ///
    /// - Parameter picture: Resized, for instance by the process that decoded it.
    /// - Returns: The patches.
    /// - Throws: ``PreprocessingFault/unevenSides(width:height:multiple:)``.
    public func patches(ofResized picture: RGBPicture) throws(PreprocessingFault) -> PicturePatches
    {
        let side = settings.tokenSide
        guard picture.width.isMultiple(of: side), picture.height.isMultiple(of: side) else {
            throw .unevenSides(width: picture.width, height: picture.height, multiple: side)
        }
        return PicturePatches(frames: [picture], settings: settings)
    }

    // MARK: - Videos

    /// The size to which the frames of a video are brought.
    ///
    /// - Parameters:
    ///   - frames: How many there are, from 1.
    ///   - width: Of each, from 1.
    ///   - height: Of each, from 1.
    ///   - videoTokens: The most tokens that the whole video may become; nil for the model's own limit.
    /// - Returns: Width and height in pixels, whole tokens.
    /// - Throws: ``PreprocessingFault/tooNarrow(width:height:limit:)``.
    public func targetSize(
        frames: Int,
        width: Int,
        height: Int,
        videoTokens: Int? = nil
    ) throws(PreprocessingFault) -> (width: Int, height: Int) {
        let side = videoSettings.tokenSide
        let times = videoSettings.temporalPatchSize
        return try SmartResize.video(
            // The reference refuses a video shorter than a patch; its frames are repeated here.
            frames: max(frames, times),
            width: width,
            height: height,
            temporalSide: times,
            side: side,
            fewestPixels: videoSettings.fewestPixels,
            mostPixels: Self.most(
                videoSettings.mostPixels,
                tokens: videoTokens,
                pixels: side * side * times
            )
        )
    }

    /// The patches of a video.
    ///
    /// - Parameters:
    ///   - frames: Those that were sampled, all of one size, in order.
    ///   - videoTokens: As for ``targetSize(frames:width:height:videoTokens:)``.
    /// - Returns: The patches; the last frame is repeated where a patch lacks one.
    /// - Throws: ``PreprocessingFault``.
    public func patches(
        forFrames frames: [RGBPicture],
        videoTokens: Int? = nil
    ) throws(PreprocessingFault) -> PicturePatches {
        let first = try Self.commonSize(of: frames)
        let size = try targetSize(
            frames: frames.count,
            width: first.width,
            height: first.height,
            videoTokens: videoTokens
        )
        return PicturePatches(
            frames: frames.map {
                BicubicResize.resized($0, width: size.width, height: size.height)
            },
            settings: videoSettings
        )
    }

    /// The patches of a video whose frames have their target size already.
    ///
    /// - Parameter frames: Resized frames, in order.
    /// - Returns: The patches.
    /// - Throws: ``PreprocessingFault``.
    public func patches(
        ofResizedFrames frames: [RGBPicture]
    ) throws(PreprocessingFault) -> PicturePatches {
        let first = try Self.commonSize(of: frames)
        let side = videoSettings.tokenSide
        guard first.width.isMultiple(of: side), first.height.isMultiple(of: side) else {
            throw .unevenSides(width: first.width, height: first.height, multiple: side)
        }
        return PicturePatches(frames: frames, settings: videoSettings)
    }

    private static func commonSize(
        of frames: [RGBPicture]
    ) throws(PreprocessingFault) -> (width: Int, height: Int) {
        guard let first = frames.first else { throw .noFrames }
        for (number, frame) in frames.enumerated()
        where frame.width != first.width || frame.height != first.height {
            throw .unequalFrames(frame: number, width: frame.width, height: frame.height)
        }
        return (first.width, first.height)
    }

    private static func most(_ limit: Int, tokens: Int?, pixels: Int) -> Int {
        guard let tokens else { return limit }
        // A budget beyond the model's limit changes nothing, so a huge one need not be multiplied.
        return tokens >= limit / pixels + 1 ? limit : max(tokens, 1) * pixels
    }
}
