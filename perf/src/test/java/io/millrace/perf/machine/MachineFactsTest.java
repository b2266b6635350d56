package io.millrace.perf.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineFactsTest {
    @Test
    void findsTheMountBelowAFolder() {
        List<String> mounts =
                List.of("/dev/a / ext4 rw 0 0", "proc /proc proc rw 0 0", "/dev/b /data xfs rw,noatime 0 0");
        assertThat(MachineFacts.mount(mounts, Path.of("/data/x"))).isEqualTo("/dev/b xfs rw,noatime");
        assertThat(MachineFacts.mount(mounts, Path.of("/database"))).isEqualTo("/dev/a ext4 rw");
    }

    @Test
    void knowsThisMachine() throws IOException {
        assertThat(MachineFacts.memoryBytes()).isGreaterThan(1 << 20);
        assertThat(MachineFacts.cpu()).isNotEmpty();
        assertThat(MachineFacts.kernel()).startsWith("Linux ");
        assertThat(MachineFacts.disk(Path.of(""))).isNotEmpty();
    }
}
