extension PictureSettings {
    /// Refuses settings that make other patches than a vision tower takes.
    ///
    /// - Parameter vision: The tower's sizes.
    /// - Throws: ``QwenFault/impossibleValue(key:found:expected:)``.
    public func check(against vision: VisionConfiguration) throws(QwenFault) {
        for (key, found, expected) in [
            ("patch_size", patchSize, vision.patchSize),
            ("temporal_patch_size", temporalPatchSize, vision.temporalPatchSize),
            ("merge_size", mergeSize, vision.mergeSize),
        ] where found != expected {
            throw .impossibleValue(
                key: key,
                found: "\(found)",
                expected: "\(expected), the vision tower's"
            )
        }
    }
}
