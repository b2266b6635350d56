package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.millrace.broker.testing.StrictLogs;
import io.millrace.broker.testing.TestBroker;
import io.vertx.core.Vertx;
import io.vertx.junit5.ProvidedBy;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many systems try ::1 first for localhost, and some clients try nothing else. */
@ExtendWith({StrictLogs.class, VertxExtension.class})
class AllInterfacesTest {

    private static final byte[] IPV4_LOOPBACK = {127, 0, 0, 1};
    private static final byte[] IPV6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    @SuppressWarnings("NullAway.Init")
    private Vertx vertx;

    @TempDir
    Path data;

    @BeforeEach
    void hold(@ProvidedBy(StrictLogs.StrictVertx.class) Vertx provided) {
        vertx = provided;
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAINTEXT://:0", "PLAINTEXT://[::]:0"})
    void aListenerOnAllInterfacesIsReachedByBothProtocols(String listener) throws Exception {
        assumeThat(hasIpv6()).as("the machine has ::1").isTrue();
        try (TestBroker broker = TestBroker.start(vertx, data, Map.of("listeners", listener))) {
            connect(IPV4_LOOPBACK, broker.port());
            connect(IPV6_LOOPBACK, broker.port());
        }
    }

    private static void connect(byte[] address, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(address), port), 10_000);
            assertThat(socket.isConnected()).isTrue();
        }
    }

    private static boolean hasIpv6() throws IOException {
        return NetworkInterface.getByInetAddress(InetAddress.getByAddress(IPV6_LOOPBACK)) != null;
    }
}
