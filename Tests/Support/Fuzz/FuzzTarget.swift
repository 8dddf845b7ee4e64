/// What foreign bytes are given to.
enum FuzzTarget: String, CaseIterable {
    case safetensors
    case index
    case gguf
    case packed
    case configuration
    case settings
    case tokenizer
    case merges
    case conversation
    case picture

    /// Reads the bytes: faults are answers, anything else is a finding.
    func read(_ bytes: [UInt8]) {
        switch self {
        case .safetensors: readSafetensors(bytes)
        case .index: readIndex(bytes)
        case .gguf: readGGUF(bytes)
        case .packed: readPacked(bytes)
        case .configuration: readConfiguration(bytes)
        case .settings: readSettings(bytes)
        case .tokenizer: readTokenizer(bytes)
        case .merges: readMerges(bytes)
        case .conversation: readConversation(bytes)
        case .picture: readPicture(bytes)
        }
    }
}
