internal import Tensors

/// Which forms each weight is packed to, and how much it may lose: the one place where that is decided.
struct PackingRules {
    /// What was asked for.
    let precision: PackedForm
    /// What the embedding table and the head are packed to.
    ///
    /// 4 bits hold them too: with them in 4 bits, the logits of a model packed with `--to int4` are 0.68 times as far from those of float32
    /// as with all of it in Q4_0, and about 0.65 times with them in 8 (noise of the 2B model's shape;
    /// `Benchmarks/quantization.py CHECKPOINT --packed CHECKPOINT.int4.docket`).
    let tables: PackedForm

    /// How much a form may lose of a matrix before the next one is taken.
    ///
    /// Losses are sums of squares. GGUF's block formats of the same bits are the measure, as they are what a user would run instead: 8 bits
    /// may have twice Q8_0's error, 4 bits no more than Q4_0's. Besides, no matrix may lose much more than one of normally distributed
    /// weights does (0.6% in 8 bits, 8% in 4 bits): one that does is of a kind that nobody has measured answers of.
    struct Limits {
        /// The most `|W - W'| / |W|`.
        let relative: Double
        /// The most `|W - W'|` beside that of GGUF's blocks.
        let besideBlocks: Double

        static func of(_ form: PackedForm) -> Limits {
            switch form {
            case .int8: Limits(relative: 0.02, besideBlocks: 2)
            case .int4: Limits(relative: 0.12, besideBlocks: 1)
            }
        }
    }

    /// The forms to try, in order; the last one is taken in any case.
    ///
    /// - Parameter tensor: The weight.
    /// - Returns: At least one form.
    func forms(for tensor: ExpectedTensor) -> [WeightForm] {
        guard tensor.shape.count > 1 else { return [.rows(.float32)] }
        let eight: [WeightForm] = [.packed(.int8), .rows(.bfloat16)]
        switch tensor.role {
        // Added to the patches, not multiplied with them.
        case .vision(.positions): return [.rows(.float32)]
        // It is less than a hundredth of the tower's arithmetic, and in 8 bits it had more of the error of the first blocks than all
        // else: 2.3 times Q8_0's after the first, where llama.cpp leaves it alone.
        case .vision(.patchWeight): return [.rows(.bfloat16)]
        // 4 bits are for what is read anew for each token of an answer; the tower runs once a picture, and errors in it are
        // in all that follows.
        case .vision: return eight
        case .text(.embedding), .text(.head):
            return tables == .int8 ? eight : [.packed(.int4)] + eight
        case .text: return precision == .int8 ? eight : [.packed(.int4)] + eight
        }
    }
}
