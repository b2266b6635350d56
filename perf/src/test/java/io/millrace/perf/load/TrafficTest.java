package io.millrace.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class TrafficTest {
    @Test
    void recordsNeedRoomForTheTime() {
        assertThatThrownBy(() -> new TrafficSpec("b", 7, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("7 bytes")
                .hasMessageContaining("8 at least");
    }

    @Test
    void aStampIsReadAsItWasWrittenAndLeavesTheRest() {
        byte[] payload = Stamp.payload(20);
        byte[] stamped = Stamp.write(payload, -42);
        assertThat(Stamp.read(stamped)).isEqualTo(-42);
        assertThat(stamped).hasSize(20).endsWith(payload[18], payload[19]);
        assertThat(payload).isEqualTo(Stamp.payload(20));
    }

    @Test
    void readsTheLastLineOnly() throws IOException {
        String report = "{\"sent\":3,\"received\":0,\"seconds\":1.0,\"sentPerSecond\":3.0,\"receivedPerSecond\":0.0,"
                + "\"backlogReceived\":0,\"backlogPerSecond\":0.0,\"latencies\":{}}";
        assertThat(Traffic.parse("a warning\n" + report + "\n").sent()).isEqualTo(3);
    }

    @Test
    void refusesWhatIsNoReport() {
        assertThatThrownBy(() -> Traffic.parse("Exception in thread main\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Exception in thread main");
    }
}
