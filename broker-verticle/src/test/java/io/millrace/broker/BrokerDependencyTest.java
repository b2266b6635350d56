package io.millrace.broker;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dependency rules of the module. ARCHITECTURE.md gives the reasons. */
class BrokerDependencyTest {
    private static final String BROKER = "io.millrace.broker";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(BROKER);

    private static final DescribedPredicate<JavaClass> DECIDE_GROUPS = resideInAnyPackage(
            "..group.record..",
            "..group.decision..",
            "..group.classic..",
            "..group.offset..",
            "..group.assign..",
            "..group.subscription..",
            "..group.consumer..",
            "..group.shard..");

    private static final List<String> SOURCES_OF_CHANCE = List.of(
            "java.lang.System.currentTimeMillis",
            "java.time.Clock.system",
            "java.time.Instant.now",
            "java.util.Random.<init>",
            "java.util.SplittableRandom.<init>",
            "java.util.concurrent.ThreadLocalRandom.",
            "java.util.concurrent.Executors.",
            "java.lang.Thread.sleep",
            "java.lang.Math.random");

    @Test
    void theDisruptorHasOneAddress() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("..broker.ring..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.lmax.."));
    }

    @Test
    void regularExpressionsHaveOneAddress() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("..group.subscription..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.google.re2j.."));
    }

    @Test
    void theCommandLineAndTheLoggingBackEndAreForTheProcessOnly() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(BROKER)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "ch.qos.logback.."));
    }

    @Test
    void ofTheClientTheBrokerUsesTheWireAndTheTransport() {
        check(noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.millrace.client..")
                        .and(not(resideInAPackage("io.millrace.client.transport..")))));
    }

    @Test
    void storageRunsWithoutVertxRingAndSockets() {
        check(classes()
                .that()
                .resideInAPackage("..broker.storage..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.millrace.broker.storage..",
                        "io.millrace.wire..",
                        "io.netty.buffer..",
                        "io.netty.util..",
                        "io.netty.channel",
                        "java..",
                        "com.sun.nio.file", // how to open a file past the page cache
                        "com.sun.jna", // how to say what will be read
                        "org.slf4j..",
                        "org.jspecify.."));
    }

    @Test
    void storageTakesTimeFilesThreadsAndRandomnessFromOutside() {
        onlyIn(Set.of("Parallel"), "java.lang.Thread.<init>");
        onlyIn(Set.of("OsFileStore", "OsPastCache"), "java.nio.file.Files.");
        // Names that nothing is decided by: of a deleted log's folder, and of a data folder.
        onlyIn(Set.of("PartitionLog", "DataFolder"), "java.util.UUID.randomUUID");
        // How long the page cache of the machine is trusted for an answer on its way into a socket.
        onlyIn(Set.of("SegmentRecords"), "java.lang.System.nanoTime");
        for (String source : SOURCES_OF_CHANCE) {
            onlyIn(Set.of(), source);
        }
    }

    /** So that a test can run groups through years, crashes and full disks, on one thread. */
    @Test
    void groupsAreDecidedWithoutVertxThreadsClocksAndRandomness() {
        check(classes()
                .that(DECIDE_GROUPS)
                .should()
                .onlyDependOnClassesThat(DECIDE_GROUPS.or(resideInAnyPackage(
                        "..group.pulse..",
                        "io.millrace.wire..",
                        "io.netty.buffer..",
                        "org.jspecify..",
                        "com.google.re2j..",
                        "java.lang..",
                        "java.util",
                        "java.util.function",
                        "java.util.stream"))));
        for (String source : SOURCES_OF_CHANCE) {
            check(noClasses().that(DECIDE_GROUPS).should().accessTargetWhere(target(source)));
        }
        check(noClasses().that(DECIDE_GROUPS).should().accessTargetWhere(target("java.util.UUID.randomUUID")));
    }

    @Test
    void thePathGoesOneWay() {
        knowsNothingOf("dispatch", "connection", "handler", "produce", "fetch");
        knowsNothingOf("handler", "connection");
        knowsNothingOf("produce", "connection");
        knowsNothingOf("fetch", "connection");
        knowsNothingOf("group", "connection", "produce", "fetch");
        knowsNothingOf("partition", "connection", "dispatch", "handler", "produce", "fetch", "group");
        knowsNothingOf("ring", "connection", "dispatch", "handler", "produce", "fetch", "group", "partition");
        knowsNothingOf(
                "storage", "connection", "dispatch", "handler", "produce", "fetch", "group", "partition", "ring");
    }

    @Test
    void nothingButTheRootKnowsTheVerticlesAndTheProcess() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(BROKER)
                .should()
                .dependOnClassesThat(resideInAPackage(BROKER).and(not(simpleNameEndingWith("Config")))));
    }

    @Test
    void configurationKnowsNothingOfTheBroker() {
        check(noClasses()
                .that()
                .resideInAPackage(BROKER + ".config")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.millrace..").and(not(resideInAPackage(BROKER + ".config")))));
    }

    /** @param target the beginning of a class with its method; {@code <init>} stands for its constructors */
    private static void onlyIn(Set<String> exceptions, String target) {
        check(noClasses()
                .that(resideInAPackage("..broker.storage..")
                        .and(DescribedPredicate.describe(
                                "are none of " + exceptions, each -> !exceptions.contains(outermost(each)))))
                .should()
                .accessTargetWhere(target(target)));
    }

    private static DescribedPredicate<JavaAccess<?>> target(String target) {
        return DescribedPredicate.describe(
                "the target is " + target,
                access -> (access.getTargetOwner().getName() + "." + access.getName()).startsWith(target));
    }

    private static String outermost(JavaClass nested) {
        return nested.getEnclosingClass().map(BrokerDependencyTest::outermost).orElse(nested.getSimpleName());
    }

    private static void knowsNothingOf(String step, String... others) {
        String[] packages =
                Stream.of(others).map(other -> BROKER + "." + other + "..").toArray(String[]::new);
        check(noClasses()
                .that()
                .resideInAPackage(BROKER + "." + step + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages));
    }

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }
}
