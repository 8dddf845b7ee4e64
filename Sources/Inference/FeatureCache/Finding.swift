public import Qwen

/// What the cache has for a picture.
public enum Finding: Sendable, Equatable {
    /// The features of the same pixels.
    case exact(PictureFeatures)
    /// The features of another picture that is the same to the model; `donor` is its ``SeenPicture/key``.
    case near(PictureFeatures, donor: String)
    /// Nothing that may be served.
    ///
    /// `rejectedNear` counts the pictures that looked alike and were not the same; `likelyDuplicate` is the
    /// ``SeenPicture/key`` of one that is likely this picture at another size.
    case absent(rejectedNear: Int, likelyDuplicate: String?)

    /// Nothing, and nothing like it.
    public static let nothing = Finding.absent(rejectedNear: 0, likelyDuplicate: nil)
}
