/// What a tensor is for.
enum WeightRole: Hashable {
    case text(TextRole)
    case vision(VisionRole)
}

/// What a tensor of the decoder is for.
enum TextRole: Hashable {
    case embedding
    case finalNorm
    case head
    case layer(Int, LayerRole)
}

/// What a tensor of a decoder layer is for.
enum LayerRole: CaseIterable {
    case inputNorm, queryWeight, queryBias, keyWeight, keyBias, valueWeight, valueBias
    case queryNorm, keyNorm, outputWeight, outputBias
    case feedForwardNorm, gateWeight, upWeight, downWeight
}

/// What a tensor of the vision tower is for.
enum VisionRole: Hashable {
    case patchWeight
    case patchBias
    case positions
    case block(Int, BlockRole)
    case merger(MergerRole)
    /// `index` counts the mergers, `block` is the block after which the features leave.
    case deepstack(index: Int, block: Int, MergerRole)
}

/// What a tensor of a vision block is for.
enum BlockRole: CaseIterable {
    case attentionNormWeight, attentionNormBias, projectionWeight, projectionBias
    case outputWeight, outputBias
    case feedForwardNormWeight, feedForwardNormBias, upWeight, upBias, downWeight, downBias
}

/// What a tensor of a merger is for.
enum MergerRole: CaseIterable {
    case normWeight, normBias, firstWeight, firstBias, secondWeight, secondBias
}

/// How a file spells the names of tensors.
enum WeightNames: Equatable {
    /// As Transformers writes them, or exports of MLX with other prefixes.
    case huggingFace(text: String, head: String, vision: String)
    /// As llama.cpp's converter writes them.
    case gguf

    /// As packed files have them, whatever they were made of.
    static let packed = WeightNames.huggingFace(
        text: textPrefixes[0].0,
        head: textPrefixes[0].1,
        vision: visionPrefixes[0]
    )

    /// Prefixes of the decoder, with the name of the head that goes with them; the published ones first.
    static let textPrefixes = [
        ("model.language_model.", "lm_head.weight"),
        ("language_model.model.", "language_model.lm_head.weight"),
        ("model.", "lm_head.weight"),
    ]
    /// Prefixes of the vision tower; the published one first.
    static let visionPrefixes = [
        "model.visual.", "visual.", "vision_tower.", "model.vision_tower.",
    ]

    /// Spells a name.
    ///
    /// - Parameter role: What the tensor is for.
    /// - Returns: Its name.
    func name(_ role: TextRole) -> String {
        switch (self, role) {
        case (.huggingFace(let prefix, _, _), .embedding): prefix + "embed_tokens.weight"
        case (.huggingFace(let prefix, _, _), .finalNorm): prefix + "norm.weight"
        case (.huggingFace(_, let head, _), .head): head
        case (.huggingFace(let prefix, _, _), .layer(let index, let part)):
            "\(prefix)layers.\(index).\(part.huggingFaceName)"
        case (.gguf, .embedding): "token_embd.weight"
        case (.gguf, .finalNorm): "output_norm.weight"
        case (.gguf, .head): "output.weight"
        case (.gguf, .layer(let index, let part)): "blk.\(index).\(part.ggufName)"
        }
    }

    /// Spells a name.
    ///
    /// - Parameter role: What the tensor is for.
    /// - Returns: Its name.
    func name(_ role: VisionRole) -> String {
        switch (self, role) {
        case (.huggingFace(_, _, let prefix), .patchWeight): prefix + "patch_embed.proj.weight"
        case (.huggingFace(_, _, let prefix), .patchBias): prefix + "patch_embed.proj.bias"
        case (.huggingFace(_, _, let prefix), .positions): prefix + "pos_embed.weight"
        case (.huggingFace(_, _, let prefix), .block(let index, let part)):
            "\(prefix)blocks.\(index).\(part.huggingFaceName)"
        case (.huggingFace(_, _, let prefix), .merger(let part)):
            "\(prefix)merger.\(part.huggingFaceName)"
        case (.huggingFace(_, _, let prefix), .deepstack(let index, _, let part)):
            "\(prefix)deepstack_merger_list.\(index).\(part.huggingFaceName)"
        case (.gguf, .patchWeight): "v.patch_embd.weight"
        case (.gguf, .patchBias): "v.patch_embd.bias"
        case (.gguf, .positions): "v.position_embd.weight"
        case (.gguf, .block(let index, let part)): "v.blk.\(index).\(part.ggufName)"
        case (.gguf, .merger(let part)): part.ggufName
        case (.gguf, .deepstack(_, let block, let part)):
            "v.deepstack.\(block).\(part.ggufDeepstackName)"
        }
    }

    /// Spells a name.
    ///
    /// - Parameter role: What the tensor is for.
    /// - Returns: Its name.
    func name(_ role: WeightRole) -> String {
        switch role {
        case .text(let role): name(role)
        case .vision(let role): name(role)
        }
    }

    /// The further frames of the patch kernel, which GGUF keeps apart: `v.patch_embd.weight.1`.
    func patchWeight(frame: Int) -> String {
        frame == 0 ? name(.patchWeight) : "\(name(VisionRole.patchWeight)).\(frame)"
    }
}

extension LayerRole {
    fileprivate var huggingFaceName: String {
        switch self {
        case .inputNorm: "input_layernorm.weight"
        case .queryWeight: "self_attn.q_proj.weight"
        case .queryBias: "self_attn.q_proj.bias"
        case .keyWeight: "self_attn.k_proj.weight"
        case .keyBias: "self_attn.k_proj.bias"
        case .valueWeight: "self_attn.v_proj.weight"
        case .valueBias: "self_attn.v_proj.bias"
        case .queryNorm: "self_attn.q_norm.weight"
        case .keyNorm: "self_attn.k_norm.weight"
        case .outputWeight: "self_attn.o_proj.weight"
        case .outputBias: "self_attn.o_proj.bias"
        case .feedForwardNorm: "post_attention_layernorm.weight"
        case .gateWeight: "mlp.gate_proj.weight"
        case .upWeight: "mlp.up_proj.weight"
        case .downWeight: "mlp.down_proj.weight"
        }
    }

    fileprivate var ggufName: String {
        switch self {
        case .inputNorm: "attn_norm.weight"
        case .queryWeight: "attn_q.weight"
        case .queryBias: "attn_q.bias"
        case .keyWeight: "attn_k.weight"
        case .keyBias: "attn_k.bias"
        case .valueWeight: "attn_v.weight"
        case .valueBias: "attn_v.bias"
        case .queryNorm: "attn_q_norm.weight"
        case .keyNorm: "attn_k_norm.weight"
        case .outputWeight: "attn_output.weight"
        case .outputBias: "attn_output.bias"
        case .feedForwardNorm: "ffn_norm.weight"
        case .gateWeight: "ffn_gate.weight"
        case .upWeight: "ffn_up.weight"
        case .downWeight: "ffn_down.weight"
        }
    }
}

extension BlockRole {
    fileprivate var huggingFaceName: String {
        switch self {
        case .attentionNormWeight: "norm1.weight"
        case .attentionNormBias: "norm1.bias"
        case .projectionWeight: "attn.qkv.weight"
        case .projectionBias: "attn.qkv.bias"
        case .outputWeight: "attn.proj.weight"
        case .outputBias: "attn.proj.bias"
        case .feedForwardNormWeight: "norm2.weight"
        case .feedForwardNormBias: "norm2.bias"
        case .upWeight: "mlp.linear_fc1.weight"
        case .upBias: "mlp.linear_fc1.bias"
        case .downWeight: "mlp.linear_fc2.weight"
        case .downBias: "mlp.linear_fc2.bias"
        }
    }

    fileprivate var ggufName: String {
        switch self {
        case .attentionNormWeight: "ln1.weight"
        case .attentionNormBias: "ln1.bias"
        case .projectionWeight: "attn_qkv.weight"
        case .projectionBias: "attn_qkv.bias"
        case .outputWeight: "attn_out.weight"
        case .outputBias: "attn_out.bias"
        case .feedForwardNormWeight: "ln2.weight"
        case .feedForwardNormBias: "ln2.bias"
        case .upWeight: "ffn_up.weight"
        case .upBias: "ffn_up.bias"
        case .downWeight: "ffn_down.weight"
        case .downBias: "ffn_down.bias"
        }
    }
}

extension MergerRole {
    fileprivate var huggingFaceName: String {
        switch self {
        case .normWeight: "norm.weight"
        case .normBias: "norm.bias"
        case .firstWeight: "linear_fc1.weight"
        case .firstBias: "linear_fc1.bias"
        case .secondWeight: "linear_fc2.weight"
        case .secondBias: "linear_fc2.bias"
        }
    }

    fileprivate var ggufName: String {
        switch self {
        case .normWeight: "v.post_ln.weight"
        case .normBias: "v.post_ln.bias"
        case .firstWeight: "mm.0.weight"
        case .firstBias: "mm.0.bias"
        case .secondWeight: "mm.2.weight"
        case .secondBias: "mm.2.bias"
        }
    }

    fileprivate var ggufDeepstackName: String {
        switch self {
        case .normWeight: "norm.weight"
        case .normBias: "norm.bias"
        case .firstWeight: "fc1.weight"
        case .firstBias: "fc1.bias"
        case .secondWeight: "fc2.weight"
        case .secondBias: "fc2.bias"
        }
    }
}
