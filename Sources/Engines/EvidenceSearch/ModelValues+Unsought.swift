extension ModelValues {
    /// How likely a label or words of the model's own are right: no page says, so that the share of all answers is left to say.
    public static var unsoughtConfidence: Double {
        ModelCalibration.bounded(ModelCalibration.fitted.share)
    }
}
