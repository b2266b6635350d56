package io.millrace.perf.interop;

import io.millrace.perf.check.Report;
import io.millrace.perf.process.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Debian's kcat, which is librdkafka. */
final class KcatChecks {
    private final String bootstrap;
    private final Path folder;

    KcatChecks(String bootstrap, Path folder) {
        this.bootstrap = bootstrap;
        this.folder = folder;
    }

    void run(Report report) {
        report.check("kcat -P, auto-created topic", this::producesToNewTopic);
        report.check("kcat -L", this::listsMetadata);
        report.check("kcat -C keys, headers, partitions", this::keepsKeysAndHeaders);
        report.check("kcat -Q", this::queriesOffsets);
        report.check("kcat -C -o", this::readsFromOffsets);
        report.check("kcat acks=0, 1, all", this::everyAcks);
        report.check("kcat idempotent producer", this::idempotent);
        report.check("kcat -G", this::readsInAGroup);
    }

    private String producesToNewTopic() throws IOException {
        Path input = write("kcat-in.txt", lines(1000));
        Expect.ok(kcat("-P", "-t", "kcat-auto", "-p", "0", "-l", input.toString()));
        Path output = folder.resolve("kcat-out.txt");
        Expect.ok(kcat("-C", "-t", "kcat-auto", "-p", "0", "-e", "-q", "-o", "beginning")
                .into(output));
        return "1000 lines, " + Expect.sameBytes(input, output);
    }

    private String listsMetadata() throws IOException {
        Command.Result all = Expect.ok(kcat("-L"));
        Expect.contains(all, "1 brokers:", "topic \"kcat-auto\"", "at " + bootstrap);
        Command.Result one = Expect.ok(kcat("-L", "-J", "-t", "kcat-auto"));
        Expect.contains(one, "\"topic\":\"kcat-auto\"", "\"partition\":0,\"leader\":");
        return "one broker at " + bootstrap + ", topic with its leader";
    }

    private String keepsKeysAndHeaders() throws IOException {
        Path input = write("kcat-keys.txt", "k1:v1\nk2:v2\n:empty key\nk3:\n");
        Expect.ok(kcat("-P", "-t", "kcat-keys", "-K", ":", "-H", "h=1", "-H", "i=two", "-l", input.toString()));
        Path output = folder.resolve("kcat-keys-out.txt");
        Expect.ok(kcat("-C", "-t", "kcat-keys", "-e", "-q", "-o", "beginning", "-f", "%k|%s|%h\n")
                .into(output));
        List<String> seen = Files.readAllLines(output).stream().sorted().toList();
        Expect.equal(
                "records",
                List.of("k1|v1|h=1,i=two", "k2|v2|h=1,i=two", "k3||h=1,i=two", "|empty key|h=1,i=two"),
                seen);
        return "4 records with key, value and two headers";
    }

    private String queriesOffsets() throws IOException {
        Command.Result end = Expect.ok(kcat("-Q", "-t", "kcat-auto:0:-1"));
        Expect.contains(end, "[0] offset 1000");
        Command.Result start = Expect.ok(kcat("-Q", "-t", "kcat-auto:0:-2"));
        Expect.contains(start, "[0] offset 0");
        Command.Result byTime = Expect.ok(kcat("-Q", "-t", "kcat-auto:0:1000"));
        Expect.contains(byTime, "[0] offset 0");
        return "end 1000, start 0, by timestamp 0";
    }

    private String readsFromOffsets() throws IOException {
        Command.Result one =
                Expect.ok(kcat("-C", "-t", "kcat-auto", "-p", "0", "-q", "-o", "500", "-c", "1", "-f", "%o %s"));
        Expect.equal("record at 500", "500 line 500", one.out());
        Command.Result tail = Expect.ok(kcat("-C", "-t", "kcat-auto", "-p", "0", "-q", "-e", "-o", "-3", "-f", "%o "));
        Expect.equal("last three", "997 998 999 ", tail.out());
        return "offset 500, and the last three from -3";
    }

    private String everyAcks() throws IOException {
        Path input = write("kcat-acks.txt", lines(100));
        for (String acks : List.of("0", "1", "all")) {
            Expect.ok(kcat("-P", "-t", "kcat-acks-" + acks, "-p", "0", "-X", "acks=" + acks, "-l", input.toString()));
            Command.Result out =
                    Expect.ok(kcat("-C", "-t", "kcat-acks-" + acks, "-p", "0", "-q", "-o", "beginning", "-c", "100"));
            Expect.equal("lines with acks=" + acks, Files.readString(input), out.out());
        }
        return "100 lines each way with each";
    }

    private String idempotent() throws IOException {
        Path input = write("kcat-idempotent.txt", lines(10_000));
        Expect.ok(kcat("-P", "-t", "kcat-idem", "-p", "0", "-X", "enable.idempotence=true", "-l", input.toString()));
        Path output = folder.resolve("kcat-idempotent-out.txt");
        Expect.ok(kcat("-C", "-t", "kcat-idem", "-p", "0", "-e", "-q", "-o", "beginning")
                .into(output));
        return "10000 lines, " + Expect.sameBytes(input, output);
    }

    private String readsInAGroup() throws IOException {
        Path output = folder.resolve("kcat-group-out.txt");
        Expect.ok(group().into(output));
        String same = Expect.sameBytes(folder.resolve("kcat-in.txt"), output);
        Expect.equal("what is left for the next member", "", Expect.ok(group()).out());
        return "1000 lines, " + same + "; the next member has nothing left to read";
    }

    private Command group() {
        return kcat("-G", "kcat-readers", "-e", "-q", "-X", "auto.offset.reset=earliest", "kcat-auto");
    }

    /** Each line of the file becomes a record of partition 0. */
    void produce(String topic, String codec, Path file) throws IOException {
        Expect.ok(kcat("-P", "-t", topic, "-p", "0", "-z", codec, "-l", file.toString()));
    }

    /** Every record of partition 0, each followed by a newline. */
    void consume(String topic, Path output) throws IOException {
        Expect.ok(kcat("-C", "-t", topic, "-p", "0", "-e", "-q", "-o", "beginning")
                .into(output));
    }

    private Command kcat(String... arguments) {
        List<String> line = new ArrayList<>(List.of("kcat", "-b", bootstrap));
        line.addAll(List.of(arguments));
        return Command.of(line);
    }

    private Path write(String name, String text) throws IOException {
        return Files.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    }

    private static String lines(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("line ").append(i).append('\n');
        }
        return text.toString();
    }
}
