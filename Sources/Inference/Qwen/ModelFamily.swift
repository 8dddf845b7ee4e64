/// The architectures that the engine runs.
public enum ModelFamily: String, Sendable, CaseIterable {
    /// Qwen3-VL dense: pictures and text.
    case qwen3VL = "qwen3_vl"
    /// Qwen3 dense: text.
    case qwen3
    /// Qwen2, Qwen2.5 and Qwen1.5: text.
    case qwen2
}
