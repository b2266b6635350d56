package io.millrace.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CompressionRatioTest {

    @Test
    void withoutCodecNothingIsEstimated() {
        CompressionRatio ratio = new CompressionRatio(false);
        ratio.observe(1_000, 500);
        assertThat(ratio.estimate(1_000)).isEqualTo(1_000);
    }

    @Test
    void believesGoodNewsSlowlyAndBadNewsAtOnce() {
        CompressionRatio ratio = new CompressionRatio(true);
        assertThat(ratio.estimate(1_000)).isEqualTo(1_000);
        ratio.observe(1_000, 100);
        ratio.observe(1_000, 100);
        assertThat(ratio.estimate(1_000)).as("still").isEqualTo(1_000);
        for (int i = 0; i < 200; i++) {
            ratio.observe(1_000, 100);
        }
        assertThat(ratio.estimate(1_000)).as("with a margin").isEqualTo(105);
        ratio.observe(1_000, 700);
        assertThat(ratio.estimate(1_000)).isEqualTo(735);
    }

    @Test
    void whatGrowsByPackingIsTakenForWhatItWas() {
        CompressionRatio ratio = new CompressionRatio(true);
        ratio.observe(10, 40);
        assertThat(ratio.estimate(1_000)).isEqualTo(1_000);
    }
}
