/// Why a picture cannot be made ready for the vision tower.
public enum PreprocessingFault: Error, Equatable, Sendable {
    /// The settings are no JSON object.
    case unreadableSettings(cause: String)
    /// The settings ask for something that is not done here.
    case unsupportedSetting(key: String, found: String, expected: String)
    /// One side is longer than the other by more than the model was made for.
    case tooNarrow(width: Int, height: Int, limit: Int)
    /// A picture that should have been resized already has sides that are no whole patches.
    case unevenSides(width: Int, height: Int, multiple: Int)
    /// A video without a frame.
    case noFrames
    /// A frame of another size than the first.
    case unequalFrames(frame: Int, width: Int, height: Int)
}
