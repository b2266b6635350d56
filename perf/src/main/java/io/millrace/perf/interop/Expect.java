package io.millrace.perf.interop;

import io.millrace.perf.check.CheckFailed;
import io.millrace.perf.process.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Comparisons that explain themselves when they fail. */
final class Expect {
    private static final int TEXT_MAX = 1500;

    private Expect() {}

    /** Runs a program that must end with 0. */
    static Command.Result ok(Command command) throws IOException {
        Command.Result result = command.run();
        if (!result.ok()) {
            throw new CheckFailed("exit " + result.exit() + " of " + summary(command) + "\n" + cut(result.text()));
        }
        return result;
    }

    static void contains(Command.Result result, String... parts) {
        for (String part : parts) {
            if (!result.text().contains(part)) {
                throw new CheckFailed("no \"" + part + "\" in:\n" + cut(result.text()));
            }
        }
    }

    static void lacks(Command.Result result, String... parts) {
        for (String part : parts) {
            if (result.text().contains(part)) {
                throw new CheckFailed("\"" + part + "\" in:\n" + cut(result.text()));
            }
        }
    }

    /** The first group of the first match. */
    static String match(Command.Result result, String regex) {
        Matcher matcher = Pattern.compile(regex, Pattern.MULTILINE).matcher(result.text());
        if (!matcher.find()) {
            throw new CheckFailed("nothing matches " + regex + " in:\n" + cut(result.text()));
        }
        return matcher.group(1);
    }

    static void equal(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw new CheckFailed(what + ": expected " + expected + " but was " + actual);
        }
    }

    /** Two files hold the same bytes. @return their size and checksum */
    static String sameBytes(Path expected, Path actual) throws IOException {
        String sum = sha256(expected);
        if (!sum.equals(sha256(actual))) {
            throw new CheckFailed("%s (%d bytes) is not %s (%d bytes)"
                    .formatted(actual.getFileName(), Files.size(actual), expected.getFileName(), Files.size(expected)));
        }
        return Files.size(expected) + " bytes, sha256 " + sum.substring(0, 16);
    }

    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static String summary(Command command) {
        List<String> line = command.line();
        int tool = line.indexOf("-cp") + 2;
        return String.join(" ", line.contains("-cp") ? line.subList(tool, line.size()) : line);
    }

    private static String cut(String text) {
        return text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX) + " ...";
    }
}
