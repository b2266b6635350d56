package io.millrace.broker.testing;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerInsight;
import io.millrace.broker.BrokerVerticle;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.OsFileStore;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker inside the test, and Kafka's own clients for it. */
public final class TestBroker implements AutoCloseable {

    private static final int TIMEOUT_SECONDS = 30;

    private final Vertx vertx;
    private final BrokerVerticle verticle;
    private final String deployment;

    /** Starts a broker on a free port and waits until it serves clients. */
    public static TestBroker start(Vertx vertx, Path data) throws TimeoutException {
        return start(vertx, data, Map.of());
    }

    /** @param settings over those that a test broker has */
    public static TestBroker start(Vertx vertx, Path data, Map<String, String> settings) throws TimeoutException {
        return start(vertx, data, settings, new OsFileStore());
    }

    /** @param store holds the logs */
    public static TestBroker start(Vertx vertx, Path data, Map<String, String> settings, FileStore store)
            throws TimeoutException {
        Map<String, String> all = new HashMap<>();
        all.put("listeners", "PLAINTEXT://127.0.0.1:0");
        all.put("log.dir", data.toString());
        all.put("num.network.threads", "2");
        all.putAll(settings);
        return new TestBroker(vertx, BrokerInsight.broker(BrokerConfig.parse(all), store));
    }

    private TestBroker(Vertx vertx, BrokerVerticle verticle) throws TimeoutException {
        this.vertx = vertx;
        this.verticle = verticle;
        deployment = vertx.deployVerticle(verticle).await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    public int port() {
        return verticle.address().port();
    }

    public BrokerVerticle verticle() {
        return verticle;
    }

    /** {@code host:port} for {@code bootstrap.servers}. */
    public String bootstrap() {
        return "127.0.0.1:" + port();
    }

    public RawClient raw() throws java.io.IOException {
        return new RawClient(port());
    }

    public Admin admin() {
        return Admin.create(properties(Map.of()));
    }

    public KafkaProducer<byte[], byte[]> producer(Map<String, String> settings) {
        Properties properties = properties(settings);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    public KafkaConsumer<byte[], byte[]> consumer(Map<String, String> settings) {
        Properties properties = properties(settings);
        properties.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Properties properties(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap());
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, "20000");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "20000");
        properties.putAll(settings);
        return properties;
    }

    /** Stops the broker; completes when its data folder is free. */
    @Override
    public void close() throws TimeoutException {
        vertx.undeploy(deployment).await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
}
