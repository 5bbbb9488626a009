/**
 * Rules by the sentence that their output begins with, where that is not their name: a line of text
 * has the sentence only. From falcosecurity/rules and falcosecurity/plugins.
 */
export const RULE_BY_TITLE: ReadonlyMap<string, string> = new Map([
  ['A shell was spawned in a container with an attached terminal', 'Terminal shell in container'],
  ['A shell configuration file has been modified', 'Modify Shell Configuration File'],
  ['Attach/Exec to pod', 'Attach/Exec Pod'],
  ['Container with sensitive mount started', 'Launch Sensitive Mount Container'],
  [
    'Detect Polkit pkexec Local Privilege Escalation Exploit',
    'Polkit Local Privilege Escalation Vulnerability (CVE-2021-4034)',
  ],
  ['Detect Sudo Privilege Escalation Exploit', 'Sudo Potential Privilege Escalation'],
  [
    'Detect an attempt to exploit a container escape using release_agent file',
    'Detect release_agent File Container Escapes',
  ],
  ['Detected potential PTRACE_TRACEME anti-debug attempt', 'PTRACE anti-debug attempt'],
  ['Disallowed SSH Connection', 'Disallowed SSH Connection Non Standard Port'],
  [
    'Docker or kubernetes client executed in container',
    'The docker client is executed in a container',
  ],
  [
    'Environment variables were retrieved from /proc files',
    'Read environment variable from /proc files',
  ],
  ['File below / or /root opened for writing', 'Write below root'],
  ['File below a monitored directory opened for writing', 'Write below monitored dir'],
  ['File below known binary directory renamed/removed', 'Modify binary dirs'],
  ['File execution detected from /dev/shm', 'Execution from /dev/shm'],
  ['Grep private keys or passwords activities found', 'Search Private Keys or Passwords'],
  [
    'Interpreted program received/listened for network traffic',
    'Interpreted procs inbound network activity',
  ],
  ['Known system binary sent/received network traffic', 'System procs network activity'],
  ['Linux Kernel Module injection from container', 'Linux Kernel Module Injection Detected'],
  ['Log files were tampered', 'Clear Log Activities'],
  ['Mount was executed inside a privileged container', 'Mount Launched in Privileged Container'],
  ['Namespace change', 'Change thread namespace'],
  [
    'Netcat runs inside container that allows remote code execution',
    'Netcat Remote Code Execution in Container',
  ],
  ['Network tool launched in container', 'Launch Suspicious Network Tool in Container'],
  [
    'Outbound connection to EC2 instance metadata service',
    'Contact EC2 Instance Metadata Service From Container',
  ],
  [
    'Package management process launched in container',
    'Launch Package Management Process in Container',
  ],
  ['Packet socket was created in a container', 'Packet socket created in container'],
  ['Pod created in kube namespace', 'Pod Created in Kube Namespace'],
  ['Pod started using host network', 'Create HostNetwork Pod'],
  ['Pod started with privileged container', 'Create Privileged Pod'],
  ['Privileged container started', 'Launch Privileged Container'],
  ['Read monitored file via directory traversal', 'Directory traversal monitored file read'],
  ['Remote file copy tool launched in container', 'Launch Remote File Copy Tools in Container'],
  ['Repository files get updated', 'Update Package Repository'],
  ['Sensitive file opened for reading by non-trusted program', 'Read sensitive file untrusted'],
  [
    'Sensitive file opened for reading by trusted program after startup',
    'Read sensitive file trusted after startup',
  ],
  ['Shell history deleted or renamed', 'Delete or rename shell history'],
  ['Shell spawned by untrusted binary', 'Run shell untrusted'],
  ['Symlinks created over sensitive files', 'Create Symlink Over Sensitive Files'],
  ['System user ran an interactive command', 'System user interactive'],
  ['Unexpected UDP Traffic Seen', 'Unexpected UDP Traffic'],
  [
    'Unexpected connection to K8s API Server from container',
    'Contact K8S API Server From Container',
  ],
  ['User management binary command run outside of container', 'User mgmt binaries'],
  ['ssh-related file/directory read by non-ssh program', 'Read ssh information'],
]);
