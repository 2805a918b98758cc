//! Number of the arithmetic as a TypeScript constant.

use spikelet_training::ARITHMETIC;

pub(super) fn render() -> String {
    format!(
        "/**\n * Number of the arithmetic: trainings with equal settings and data have the same bits under the same number, on every\n \
         * backend. Records of runs state it, and a study is not continued under another one.\n \
         */\nexport const ARITHMETIC = {ARITHMETIC};\n"
    )
}
