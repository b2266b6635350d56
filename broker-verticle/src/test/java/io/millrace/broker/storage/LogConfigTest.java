package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogConfigTest {

    /** Else compaction or a lookup would meet a batch that it refuses to unpack. */
    @Test
    void noBatchIsTakenThatTheReadersOfTheLogRefuse() {
        assertThat(unpackedBytesMax(1_000)).isEqualTo(16 << 20);
        assertThat(unpackedBytesMax(1 << 20)).isEqualTo(100 << 20);
        assertThat(unpackedBytesMax(100 << 20)).isEqualTo(LogConfig.UNPACKED_BYTES_MAX);
        assertThat(unpackedBytesMax(Integer.MAX_VALUE)).isEqualTo(LogConfig.UNPACKED_BYTES_MAX);
    }

    private static long unpackedBytesMax(int maxMessageBytes) {
        return LogConfig.defaults().toBuilder()
                .maxMessageBytes(maxMessageBytes)
                .build()
                .unpackedBytesMax();
    }
}
