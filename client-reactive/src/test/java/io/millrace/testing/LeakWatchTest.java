package io.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeakWatchTest {

    @Test
    void findsABufferThatNobodyReleasesAndTellsWhereItCameFrom() {
        for (ByteBufAllocator allocator :
                List.of(PooledByteBufAllocator.DEFAULT, UnpooledByteBufAllocator.DEFAULT, ByteBufAllocator.DEFAULT)) {
            LeakWatch.Watch watch = LeakWatch.Watch.begin("planted", 0);
            allocator.directBuffer(1);

            assertThatThrownBy(watch::close)
                    .hasMessageContaining("planted")
                    .satisfies(failure -> assertThat(failure.getSuppressed()).isNotEmpty());
        }
    }

    @Test
    void letsABufferPassThatIsReleasedLate() throws InterruptedException {
        LeakWatch.Watch watch = LeakWatch.Watch.begin("late", TimeUnit.SECONDS.toMillis(30));
        ByteBuf late = PooledByteBufAllocator.DEFAULT.buffer(1);
        Thread other = new Thread(late::release);

        other.start();
        watch.close();

        other.join();
    }
}
