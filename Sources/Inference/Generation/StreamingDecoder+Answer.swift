public import Tokenization

extension StreamingDecoder: AnswerDecoder {}
