#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What barua-cli does without a server: usage, exit codes, errors as JSON, messages from files."""
import json
import os
import socket
import subprocess
import sys
import tempfile
import unittest

CLI = os.environ['BARUA_CLI']

MESSAGE = (b'From: Baraka Mwangi <baraka@posta.example>\r\n'
           b'To: maria@posta.example\r\n'
           b'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n'
           b'Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n'
           b'Message-ID: <one@posta.example>\r\n'
           b'MIME-Version: 1.0\r\n'
           b'Content-Type: multipart/mixed; boundary="x"\r\n'
           b'\r\n'
           b'--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHabari za leo?\x1b]0;owned\x07\r\n'
           b'--x\r\nContent-Type: application/pdf; name="../../x.pdf"\r\n'
           b'Content-Disposition: attachment; filename="../../x.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n'
           b'--x--\r\n')


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.profile = os.path.join(self.folder.name, 'profile')

    def tearDown(self):
        self.folder.cleanup()

    def run_cli(self, *arguments, json_lines=True):
        words = [CLI, '--profile', self.profile]
        if json_lines:
            words.append('--json')
        done = subprocess.run(words + list(arguments), stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        lines = []
        if json_lines and done.returncode != 2:
            lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertNotIn(b'-CRITICAL **', done.stderr)
        self.assertNotIn(b'-WARNING **', done.stderr)
        return done, lines

    def error(self, *arguments):
        done, lines = self.run_cli(*arguments)
        self.assertEqual(done.returncode, 1, done)
        error = lines[-1]['error']
        for member in ('code', 'message', 'remedy'):
            self.assertTrue(error[member], error)
        return error

    def add(self, url, *more):
        return self.run_cli('account', 'add', '--address', 'maria@posta.example', '--imap', url,
                            '--password-command', 'echo siri', *more)

    def test_usage(self):
        for words in ([], ['nonsense'], ['list'], ['show', 'INBOX'], ['show', 'INBOX', 'x'], ['account'],
                      ['account', 'add'], ['account', 'add', '--address', 'a@b.example'], ['account', 'remove'],
                      ['sync', '--headers-only', '--bodies'], ['sync', '--nonsense'], ['list', 'INBOX', '--limit', '-1'],
                      ['mark', 'INBOX', '1'], ['mark', 'INBOX', '0', '--read'], ['mark', 'INBOX', '1', '--read', '--unread'],
                      ['render'], ['search'], ['show', 'INBOX', '1', '--text', '--source']):
            done, _ = self.run_cli(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertTrue(done.stderr, words)
            self.assertFalse(os.path.exists(self.profile), words)
        done, _ = self.run_cli('--help', json_lines=False)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b'render', done.stdout)

    def test_render(self):
        path = os.path.join(self.folder.name, 'one.eml')
        with open(path, 'wb') as file:
            file.write(MESSAGE)
        done, lines = self.run_cli('render', path)
        self.assertEqual(done.returncode, 0)
        message = lines[0]
        self.assertEqual(message['subject'], 'Grüße')
        self.assertEqual(message['from'], [{'name': 'Baraka Mwangi', 'address': 'baraka@posta.example'}])
        self.assertEqual(message['date'], '1997-11-21T15:55:06Z')
        self.assertEqual(message['attachments'], 1)
        self.assertIn('Habari', message['texts'][0]['text'])
        pdf = [part for part in message['parts'] if part['type'] == 'application/pdf'][0]
        self.assertNotIn('/', pdf['file_name'])
        self.assertTrue(message['warnings'])
        self.assertFalse(os.path.exists(self.profile))

        done, _ = self.run_cli('render', path, json_lines=False)
        self.assertNotIn(b'\x1b', done.stdout)
        self.assertIn(b'Habari', done.stdout)

    def test_render_missing(self):
        self.assertEqual(self.error('render', os.path.join(self.folder.name, 'none'))['code'], 'not-found')

    def test_render_anything(self):
        path = os.path.join(self.folder.name, 'bytes')
        for content in (b'', b'\0' * 100, b'no header at all', b'\n\nbody', bytes(range(256)) * 4):
            with open(path, 'wb') as file:
                file.write(content)
            done, lines = self.run_cli('render', path)
            self.assertEqual(done.returncode, 0)
            self.assertTrue(lines[0]['parts'], content)

    def test_accounts(self):
        done, lines = self.add('imaps://maria@127.0.0.1:9', '--name', 'Work')
        self.assertEqual(done.returncode, 0, done)
        done, lines = self.run_cli('account', 'list')
        self.assertEqual([(a['address'], a['name'], a['host'], a['port'], a['user'], a['security']) for a in lines],
                         [('maria@posta.example', 'Work', '127.0.0.1', 9, 'maria', 'tls')])
        self.assertNotIn('password_command', lines[0])
        self.assertEqual(os.stat(self.profile).st_mode & 0o777, 0o700)
        for name in os.listdir(self.profile):
            self.assertEqual(os.stat(os.path.join(self.profile, name)).st_mode & 0o077, 0, name)
        self.assertEqual(self.error('account', 'remove', 'nobody')['code'], 'not-found')
        done, _ = self.run_cli('account', 'remove', 'maria@posta.example')
        self.assertEqual(done.returncode, 0)
        self.assertEqual(self.run_cli('account', 'list')[1], [])

    def test_bad_accounts(self):
        for url in ('http://a@b.example', 'imaps://', 'b.example', 'imaps://a@b.example:0', 'imaps://a@b.example/x'):
            done, lines = self.add(url)
            self.assertEqual(done.returncode, 1, url)
            self.assertEqual(lines[-1]['error']['code'], 'invalid', url)

    def test_refused(self):
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        self.add('imaps://maria@127.0.0.1:%d' % port)
        self.assertEqual(self.error('sync')['code'], 'refused')

    def test_unknown_names(self):
        self.add('imaps://maria@127.0.0.1:9')
        self.assertEqual(self.error('list', 'No such folder')['code'], 'not-found')
        self.assertEqual(self.error('list', '../../x')['code'], 'not-found')
        self.assertEqual(self.error('show', 'INBOX', '1')['code'], 'not-found')


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
